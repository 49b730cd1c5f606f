using System.Text.Json;
using System.Text.Unicode;
using LlmPlatform.Tokenization.AddedTokens;
using LlmPlatform.Tokenization.Models;

namespace LlmPlatform.Tokenization.Json;

/// <summary>Builds a tokenizer from the JSON of a tokenizer.json.</summary>
internal static class TokenizerReader
{
    private const int MaxId = (1 << 28) - 1;
    private const int MaxPaddedLength = 1 << 20;

    public static Tokenizer Read(ReadOnlyMemory<byte> json, string file)
    {
        if (json.Span.StartsWith("\uFEFF"u8))
        {
            json = json[3..];
        }

        if (!Utf8.IsValid(json.Span))
        {
            throw new InvalidTokenizerException(file, "(whole file)", $"{json.Length} bytes", "text in UTF-8");
        }

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json);
        }
        catch (JsonException cause)
        {
            throw new InvalidTokenizerException(
                file, "(whole file)", $"{json.Length} bytes", $"JSON ({cause.Message})", cause);
        }

        using (document)
        {
            return Read(new JsonField(file, "", document.RootElement));
        }
    }

    public static Tokenizer Read(JsonField root)
    {
        root.Require(JsonValueKind.Object, "an object");
        IModel model = ModelReader.Read(root["model"]);
        return new Tokenizer(
            model,
            ReadAddedTokens(root["added_tokens"], model),
            NormalizerReader.ReadOptional(root["normalizer"]),
            PreTokenizerReader.ReadOptional(root["pre_tokenizer"]),
            PostProcessorReader.ReadOptional(root["post_processor"]),
            DecoderReader.ReadOptional(root["decoder"]))
        {
            FileTruncation = ReadTruncation(root["truncation"]),
            FilePadding = ReadPadding(root["padding"]),
        };
    }

    // A token of the model keeps its id there; the others are numbered after the model's, in their order. The ids in the
    // file say the same, unless tokens were taken out by hand; then the reference numbers them anew, and so do we.
    private static List<AddedToken> ReadAddedTokens(JsonField field, IModel model)
    {
        var tokens = new List<AddedToken>();
        if (field.IsNull)
        {
            return tokens;
        }

        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        int next = model.Vocabulary.Count;
        foreach (JsonField item in field.Items())
        {
            _ = item["id"].AsInt32(maximum: MaxId);
            string content = item["content"].AsString();
            bool special = item["special"].AsBoolean(missing: false);
            if (!ids.TryGetValue(content, out int id) && !model.Vocabulary.TryGetId(content, out id))
            {
                id = next;
            }

            ids[content] = id;
            next = Math.Max(next, id + 1);
            tokens.Add(new AddedToken(
                id,
                content,
                item["single_word"].AsBoolean(missing: false),
                item["lstrip"].AsBoolean(missing: false),
                item["rstrip"].AsBoolean(missing: false),
                item["normalized"].AsBoolean(missing: !special),
                special));
        }

        return tokens;
    }

    private static TruncationOptions? ReadTruncation(JsonField field) => field.IsNull ? null : new TruncationOptions(
        field["max_length"].AsClampedInt32(),
        field["stride"].AsClampedInt32(),
        ReadStrategy(field["strategy"]),
        ReadSide(field["direction"]));

    private static TruncationStrategy ReadStrategy(JsonField field) => field.AsString() switch
    {
        "LongestFirst" => TruncationStrategy.LongestFirst,
        "OnlyFirst" => TruncationStrategy.OnlyFirst,
        "OnlySecond" => TruncationStrategy.OnlySecond,
        _ => throw field.Error("LongestFirst, OnlyFirst or OnlySecond"),
    };

    private static PaddingOptions? ReadPadding(JsonField field)
    {
        if (field.IsNull)
        {
            return null;
        }

        JsonField strategy = field["strategy"];
        JsonField multiple = field["pad_to_multiple_of"];
        int? length = strategy.Has("Fixed") ? strategy["Fixed"].AsInt32(maximum: MaxPaddedLength)
            : strategy.Value.ValueKind == JsonValueKind.String && strategy.AsString() == "BatchLongest" ? null
            : throw strategy.Error("\"BatchLongest\" or {\"Fixed\": length}");
        return new PaddingOptions(
            length,
            field["pad_id"].AsInt32(),
            field["pad_token"].AsString(),
            field["pad_type_id"].AsInt32(),
            ReadSide(field["direction"]),
            multiple.IsNull ? null : multiple.AsInt32(maximum: MaxPaddedLength));
    }

    private static TokenSide ReadSide(JsonField field) => field.AsOptionalString() switch
    {
        null or "Right" => TokenSide.Right,
        "Left" => TokenSide.Left,
        _ => throw field.Error("Left or Right"),
    };
}
