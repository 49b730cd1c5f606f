using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Tokenization.Decoders;
using LlmPlatform.Tokenization.Json;
using LlmPlatform.Tokenization.Models;
using LlmPlatform.Tokenization.Normalizers;
using LlmPlatform.Tokenization.PreTokenizers;
using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Tests.Golden;

[Trait("Category", "Golden")]
public class ComponentGoldenTests
{
    private const string Folder = "components";

    public static TheoryData<string?> Normalizers => [.. GoldenCases.Files(Folder, "normalizers*.jsonl")];

    public static TheoryData<string?> PreTokenizers => [.. GoldenCases.Files(Folder, "pre_tokenizers*.jsonl")];

    public static TheoryData<string?> Decoders => [.. GoldenCases.Files(Folder, "decoders*.jsonl")];

    public static TheoryData<string?> Models => [.. GoldenCases.Files(Folder, "models*.jsonl")];

    public static TheoryData<string?> AddedTokens => [.. GoldenCases.Files(Folder, "added_tokens*.jsonl")];

    public static TheoryData<string?> PostProcessors => [.. GoldenCases.Files(Folder, "post_processors*.jsonl")];

    [Theory]
    [MemberData(nameof(Normalizers))]
    public void Normalizer_gives_the_reference_text_and_origins(string? file)
    {
        Dictionary<string, INormalizer> known = new(StringComparer.Ordinal);
        GoldenCases.RunLines(Folder, file, line =>
        {
            string config = WithCharacterMap(line.GetProperty("config"));
            if (!known.TryGetValue(config, out INormalizer? normalizer))
            {
                normalizer = NormalizerReader.Read(Components.Field(JsonDocument.Parse(config).RootElement));
                known[config] = normalizer;
            }

            string input = line.GetProperty("input").GetString()!;
            string output = line.GetProperty("output").GetString()!;
            AlignedText text = Components.Text(input);
            normalizer.Normalize(text);
            string actual = CodePoints.Encode(text.CodePoints);
            if (actual != output)
            {
                return Describe(line, output, actual);
            }

            int[][] offsets = line.TryGetProperty("char_offsets", out JsonElement list)
                ? list.Deserialize<int[][]>()!
                : [.. Enumerable.Range(0, text.Count).Select(i => new[] { i, i + 1 })];
            int[][] found = [.. Enumerable.Range(0, text.Count).Select(i => new[] { text.Origin(i).Start, text.Origin(i).End })];
            return Same(offsets, found) ? null : Describe(line, offsets, found);
        });
    }

    [Theory]
    [MemberData(nameof(PreTokenizers))]
    public void PreTokenizer_gives_the_reference_pieces(string? file)
    {
        Dictionary<string, IPreTokenizer> known = new(StringComparer.Ordinal);
        GoldenCases.RunLines(Folder, file, line =>
        {
            string config = line.GetProperty("config").GetRawText();
            if (!known.TryGetValue(config, out IPreTokenizer? preTokenizer))
            {
                preTokenizer = PreTokenizerReader.Read(Components.Field(JsonDocument.Parse(config).RootElement));
                known[config] = preTokenizer;
            }

            PreTokenizedText text = Components.PreTokenized(line.GetProperty("input").GetString()!);
            preTokenizer.PreTokenize(text);
            var found = new List<string>();
            foreach (Split split in text.Splits)
            {
                string piece = CodePoints.Encode(text.Text.CodePoints[split.Start..split.End]);
                found.Add($"{piece} [{text.Text.Origin(split.Start).Start},{text.Text.Origin(split.End - 1).End}]");
            }

            string[] expected = [.. line.GetProperty("output").EnumerateArray()
                .Select(piece => $"{piece[0].GetString()} [{piece[1][0].GetInt32()},{piece[1][1].GetInt32()}]")];
            return expected.SequenceEqual(found, StringComparer.Ordinal) ? null : Describe(line, expected, found.ToArray());
        });
    }

    [Theory]
    [MemberData(nameof(Decoders))]
    public void Decoder_gives_the_reference_text(string? file) => GoldenCases.RunLines(Folder, file, line =>
    {
        JsonField config = Components.Field(line.GetProperty("config"));
        if (line.TryGetProperty("error_loading", out _))
        {
            return GoldenCases.ExpectError(() => DecoderReader.Read(config));
        }

        IDecoder decoder = DecoderReader.Read(config);
        List<string> tokens = line.GetProperty("input").Deserialize<List<string>>()!;
        if (line.TryGetProperty("error", out _))
        {
            return GoldenCases.ExpectError(() => decoder.Decode(tokens));
        }

        string expected = line.GetProperty("output").GetString()!;
        string actual = string.Concat(decoder.Decode(tokens));
        return expected == actual ? null : Describe(line, expected, actual);
    });

    [Theory]
    [MemberData(nameof(Models))]
    public void Model_gives_the_reference_tokens(string? file)
    {
        JsonElement configs = file is null ? default : GoldenCases.Json(Folder, "models.configs.json");
        Dictionary<string, Tokenizer> known = new(StringComparer.Ordinal);
        GoldenCases.RunLines(Folder, file, line =>
        {
            string name = line.GetProperty("config_name").GetString()!;
            if (!known.TryGetValue(name, out Tokenizer? tokenizer))
            {
                IModel model = ModelReader.Read(Components.Field(configs.GetProperty(name)));
                tokenizer = new Tokenizer(model);
                known[name] = tokenizer;
            }

            string input = line.GetProperty("input").GetString()!;
            if (line.TryGetProperty("error", out _))
            {
                return GoldenCases.ExpectError(() => tokenizer.Encode(input)) ?? GoldenCases.ExpectError(() => tokenizer.EncodeIds(input));
            }

            JsonElement output = line.GetProperty("output");
            Encoding encoding = tokenizer.Encode(input);
            string[] expected = Tokens(
                ExpectedEncoding.Ids(output.GetProperty("ids")),
                output.GetProperty("tokens").Deserialize<string[]>()!,
                output.GetProperty("offsets").Deserialize<int[][]>()!);
            string[] actual = Tokens(encoding.Ids, encoding.Tokens, [.. encoding.Offsets.Select(offset => new[] { offset.Start, offset.End })]);
            return expected.SequenceEqual(actual, StringComparer.Ordinal) && encoding.Ids.SequenceEqual(tokenizer.EncodeIds(input))
                ? null
                : Describe(line, expected, actual);
        });
    }

    [Theory]
    [MemberData(nameof(AddedTokens))]
    public void Added_tokens_are_found_as_in_the_reference(string? file)
    {
        JsonElement configs = file is null ? default : GoldenCases.Json(Folder, "added_tokens.configs.json");
        Dictionary<string, Tokenizer> known = new(StringComparer.Ordinal);
        GoldenCases.RunLines(Folder, file, line =>
        {
            string name = line.GetProperty("config_name").GetString()!;
            if (!known.TryGetValue(name, out Tokenizer? tokenizer))
            {
                tokenizer = TokenizerReader.Read(Components.Field(configs.GetProperty(name)));
                known[name] = tokenizer;
            }

            string input = line.GetProperty("input").GetString()!;
            return WithConfig(name, input, EncodingAndText(line.GetProperty("output"), tokenizer, EncodeInput.FromText(input), new EncodeOptions()));
        });
    }

    [Theory]
    [MemberData(nameof(PostProcessors))]
    public void PostProcessor_gives_the_reference_encoding(string? file)
    {
        string json = file is null ? "" : File.ReadAllText(GoldenCases.PathOf(Folder, "post_processors.tokenizer.json"));
        Dictionary<string, Tokenizer> known = new(StringComparer.Ordinal);
        GoldenCases.RunLines(Folder, file, line =>
        {
            string config = line.GetProperty("config").GetRawText();
            bool addPrefixSpace = line.GetProperty("add_prefix_space").GetBoolean();
            string key = addPrefixSpace + config;
            if (!known.TryGetValue(key, out Tokenizer? tokenizer))
            {
                JsonNode node = JsonNode.Parse(json)!;
                node["post_processor"] = JsonNode.Parse(config);
                node["pre_tokenizer"]!["add_prefix_space"] = addPrefixSpace;
                tokenizer = Tokenizer.Parse(JsonSerializer.SerializeToUtf8Bytes(node));
                known[key] = tokenizer;
            }

            var input = EncodeInput.FromText(line.GetProperty("input")[0].GetString()!, line.GetProperty("input")[1].GetString());
            var options = new EncodeOptions
            {
                AddSpecialTokens = Components.AddsSpecialTokens(line),
                Truncation = GoldenOptions.Truncation(line),
            };
            JsonElement output = line.GetProperty("output");
            return WithConfig(config, line.GetProperty("input").GetRawText(), output.TryGetProperty("error", out _)
                ? GoldenCases.ExpectError(() => tokenizer.Encode(input, options))
                : ExpectedEncoding.Difference(output, tokenizer.Encode(input, options)));
        });
    }

    /// <summary>What differs in the encoding, or in what its ids decode to.</summary>
    internal static string? EncodingAndText(JsonElement expected, Tokenizer tokenizer, EncodeInput input, EncodeOptions options)
    {
        Encoding encoding = tokenizer.Encode(input, options);
        string? difference = ExpectedEncoding.Difference(expected, encoding);
        if (difference is not null || !expected.TryGetProperty("decoded", out JsonElement decoded))
        {
            return difference;
        }

        string all = tokenizer.Decode(encoding.Ids, skipSpecialTokens: false);
        string skipped = tokenizer.Decode(encoding.Ids, skipSpecialTokens: true);
        string wanted = expected.GetProperty("decoded_skip").GetString()!;
        return decoded.GetString() != all ? $"decoded\n    expected {decoded.GetString()}\n    actual   {all}"
            : wanted != skipped ? $"decoded_skip\n    expected {wanted}\n    actual   {skipped}"
            : null;
    }

    private static string[] Tokens(int[] ids, string[] tokens, int[][] offsets) =>
        [.. ids.Select((id, i) => $"{id} {tokens[i]} [{offsets[i][0]},{offsets[i][1]}]")];

    private static bool Same(int[][] first, int[][] second) =>
        first.Length == second.Length && first.Zip(second).All(pair => pair.First.SequenceEqual(pair.Second));

    private static string? WithConfig(string config, string input, string? difference) =>
        difference is null ? null : $"{config} {input} {difference}";

    private static string Describe<T>(JsonElement line, T expected, T actual)
    {
        string config = line.TryGetProperty("config", out JsonElement value) ? value.GetRawText() : line.GetProperty("config_name").GetString()!;
        return $"{config} {line.GetProperty("input").GetRawText()}\n    expected {Show(expected)}\n    actual   {Show(actual)}";
    }

    private static string Show<T>(T value) => JsonSerializer.Serialize(value, RelaxedJson.Options);

    // A character map is written as the name of the tokenizer that has it.
    private static string WithCharacterMap(JsonElement config)
    {
        string text = config.GetRawText();
        if (!text.Contains("precompiled_charsmap", StringComparison.Ordinal))
        {
            return text;
        }

        JsonNode node = JsonNode.Parse(text)!;
        foreach (JsonNode? part in node["normalizers"]?.AsArray() ?? new JsonArray(node.DeepClone()))
        {
            if (part?["precompiled_charsmap"] is JsonNode name)
            {
                JsonNode target = node["normalizers"] is null ? node : part;
                target["precompiled_charsmap"] = RealTokenizers.CharacterMap(name.GetValue<string>());
            }
        }

        return node.ToJsonString();
    }
}
