using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlmPlatform.Tokenization.Tests.Golden;

/// <summary>
/// Calls a tokenizer with the arguments that transformers' tokenizers take (<c>tokenizer(text, text_pair, **kwargs)</c>)
/// and gives the dictionary that they return.
/// </summary>
internal sealed class TransformersCall(Tokenizer tokenizer, string name)
{
    // What the reference tokenizers were made with; the README of the material names it.
    private int ModelMaxLength => name == "gpt2" ? 1024 : 512;

    private string PadToken => new[] { "[PAD]", "<pad>" }.FirstOrDefault(token => tokenizer.TokenToId(token) is not null) ?? "<|endoftext|>";

    private bool GivesTypeIds => tokenizer.TokenToId("[PAD]") is not null;

    public JsonObject Run(JsonElement line)
    {
        JsonElement arguments = line.GetProperty("kwargs");
        bool isBatch = line.GetProperty("text").ValueKind == JsonValueKind.Array;
        string[] texts = Texts(line.GetProperty("text"));
        string[]? pairs = line.TryGetProperty("text_pair", out JsonElement pair) && pair.ValueKind != JsonValueKind.Null ? Texts(pair) : null;
        EncodeInput[] inputs = [.. texts.Select((text, i) => EncodeInput.FromText(text, pairs?[i]))];
        bool overflowing = Flag(arguments, "return_overflowing_tokens", missing: false);
        (int Sample, Encoding Encoding)[] encodings = [.. tokenizer.EncodeBatch(inputs, Options(line, arguments))
            .SelectMany((encoding, i) => (overflowing ? encoding.Overflowing : []).Prepend(encoding).Select(window => (i, window)))];
        JsonObject result = Result(arguments, [.. encodings.Select(entry => entry.Encoding)], isBatch || overflowing);
        if (overflowing)
        {
            result["overflow_to_sample_mapping"] = JsonSerializer.SerializeToNode(encodings.Select(entry => entry.Sample));
        }

        return result;
    }

    private static string[] Texts(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? value.Deserialize<string[]>()! : [value.GetString()!];

    private EncodeOptions Options(JsonElement line, JsonElement arguments)
    {
        int maxLength = Number(arguments, "max_length") ?? ModelMaxLength;
        int? multiple = Number(arguments, "pad_to_multiple_of");
        string padding = Text(arguments, "padding");
        TruncationOptions? truncation = Text(arguments, "truncation") is "False" or ""
            ? null
            : new TruncationOptions(maxLength, Number(arguments, "stride") ?? 0, Strategy(arguments), Side(line, "truncation_side"));
        if (truncation is not null && padding is not ("False" or "") && multiple is int number && maxLength % number != 0)
        {
            throw new TokenizationException("transformers refuses a truncation that is no multiple of the padding.");
        }

        return new EncodeOptions
        {
            AddSpecialTokens = Flag(arguments, "add_special_tokens", missing: true),
            Truncation = truncation,
            Padding = padding is "False" or "" ? null : new PaddingOptions(
                padding == "max_length" ? maxLength : null,
                tokenizer.TokenToId(PadToken)!.Value,
                PadToken,
                Direction: Side(arguments, "padding_side"),
                PadToMultipleOf: multiple),
        };
    }

    private JsonObject Result(JsonElement arguments, Encoding[] encodings, bool nested)
    {
        var result = new JsonObject();
        Add("input_ids", true, encoding => encoding.Ids);
        Add("token_type_ids", Flag(arguments, "return_token_type_ids", GivesTypeIds), encoding => encoding.TypeIds);
        Add("attention_mask", Flag(arguments, "return_attention_mask", missing: true), encoding => encoding.AttentionMask);
        Add("special_tokens_mask", Flag(arguments, "return_special_tokens_mask", missing: false), encoding => encoding.SpecialTokensMask);
        Add(
            "offset_mapping",
            Flag(arguments, "return_offsets_mapping", missing: false),
            encoding => encoding.Offsets.Select(offset => new[] { offset.Start, offset.End }).ToArray());
        if (Flag(arguments, "return_length", missing: false))
        {
            result["length"] = JsonSerializer.SerializeToNode(encodings.Select(encoding => encoding.Ids.Length));
        }

        return result;

        void Add<T>(string key, bool wanted, Func<Encoding, T> value)
        {
            if (wanted)
            {
                result[key] = nested
                    ? JsonSerializer.SerializeToNode(encodings.Select(value))
                    : JsonSerializer.SerializeToNode(value(encodings[0]));
            }
        }
    }

    private static TruncationStrategy Strategy(JsonElement arguments) => Text(arguments, "truncation") switch
    {
        "only_first" => TruncationStrategy.OnlyFirst,
        "only_second" => TruncationStrategy.OnlySecond,
        _ => TruncationStrategy.LongestFirst,
    };

    private static TokenSide Side(JsonElement parent, string key) => Text(parent, key) == "left" ? TokenSide.Left : TokenSide.Right;

    private static bool Flag(JsonElement arguments, string key, bool missing) =>
        arguments.TryGetProperty(key, out JsonElement value) ? value.GetBoolean() : missing;

    private static int? Number(JsonElement arguments, string key) =>
        arguments.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetInt32() : null;

    private static string Text(JsonElement parent, string key) =>
        parent.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value.ToString() : "";
}
