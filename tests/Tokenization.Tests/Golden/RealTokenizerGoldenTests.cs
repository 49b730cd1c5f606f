using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlmPlatform.Tokenization.Tests.Golden;

[Trait("Category", "Golden")]
public class RealTokenizerGoldenTests
{
    public static TheoryData<string?> Cases => Names("cases.jsonl");

    public static TheoryData<string?> Sentences => Names("sentences.jsonl");

    public static TheoryData<string?> Options => Names("options.jsonl");

    public static TheoryData<string?> Streams => Names("streaming.jsonl");

    public static TheoryData<string?> AsLoaded => Names("as_loaded.jsonl");

    public static TheoryData<string?> OptionsOfTransformers => Names("options_transformers.jsonl");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Encode_and_decode_give_the_reference(string? name) => Run(name, "cases.jsonl", (tokenizer, line) =>
    {
        bool special = Components.AddsSpecialTokens(line);
        string? difference = ComponentGoldenTests.EncodingAndText(
            line, tokenizer, Components.Input(line), new EncodeOptions { AddSpecialTokens = special });
        return difference ?? IdsDifference(tokenizer, line, special);
    });

    [Theory]
    [MemberData(nameof(Sentences))]
    public void EncodeIds_gives_the_reference_ids(string? name) =>
        Run(name, "sentences.jsonl", (tokenizer, line) => IdsDifference(tokenizer, line, special: false));

    [Theory]
    [MemberData(nameof(Options))]
    public void Truncation_and_padding_give_the_reference(string? name) => Run(name, "options.jsonl", (tokenizer, line) =>
    {
        EncodeInput[] inputs = [.. line.GetProperty("texts").EnumerateArray()
            .Select(text => EncodeInput.FromText(text[0].GetString()!, text[1].GetString()))];
        var options = new EncodeOptions
        {
            AddSpecialTokens = Components.AddsSpecialTokens(line),
            Truncation = GoldenOptions.Truncation(line),
            Padding = GoldenOptions.Padding(line),
        };
        if (line.TryGetProperty("error", out _))
        {
            return GoldenCases.ExpectError(() => tokenizer.EncodeBatch(inputs, options));
        }

        IReadOnlyList<Encoding> encodings = tokenizer.EncodeBatch(inputs, options);
        JsonElement[] results = [.. line.GetProperty("results").EnumerateArray()];
        Assert.Equal(results.Length, encodings.Count);
        return results.Zip(encodings).Select(pair => ExpectedEncoding.Difference(pair.First, pair.Second))
            .FirstOrDefault(difference => difference is not null) is string found
                ? $"{line.GetProperty("truncation").GetRawText()} {line.GetProperty("padding").GetRawText()} {found}"
                : null;
    });

    [Theory]
    [MemberData(nameof(Streams))]
    public void DecodeStream_gives_the_reference_steps(string? name) => Run(name, "streaming.jsonl", (tokenizer, line) =>
    {
        var stream = new DecodeStream(tokenizer, line.GetProperty("skip_special_tokens").GetBoolean());
        string?[] steps = [.. ExpectedEncoding.Ids(line.GetProperty("ids")).Select(stream.Step)];
        string?[] expected = line.GetProperty("steps").Deserialize<string?[]>()!;
        return expected.SequenceEqual(steps, StringComparer.Ordinal)
            ? null
            : $"{line.GetProperty("text").GetRawText()}\n    expected {JsonSerializer.Serialize(expected, RelaxedJson.Options)}\n    actual   {JsonSerializer.Serialize(steps, RelaxedJson.Options)}";
    });

    [Theory]
    [MemberData(nameof(AsLoaded))]
    public void The_files_own_truncation_and_padding_give_the_reference(string? name) => Run(name, "as_loaded.jsonl", (tokenizer, line) =>
    {
        Assert.Equal(GoldenOptions.Truncation(line), tokenizer.FileTruncation);
        Assert.Equal(GoldenOptions.Padding(line), tokenizer.FilePadding);
        var options = new EncodeOptions { Truncation = tokenizer.FileTruncation, Padding = tokenizer.FilePadding };
        return ExpectedEncoding.Difference(line, tokenizer.Encode(Components.Input(line), options));
    });

    [Theory]
    [MemberData(nameof(OptionsOfTransformers))]
    public void Options_of_transformers_give_the_reference(string? name) => Run(name, "options_transformers.jsonl", (tokenizer, line) =>
    {
        var call = new TransformersCall(tokenizer, name!);
        if (line.TryGetProperty("error", out _))
        {
            return GoldenCases.ExpectError(() => call.Run(line));
        }

        JsonNode expected = JsonNode.Parse(line.GetProperty("result").GetRawText())!;
        JsonObject actual = call.Run(line);
        return JsonNode.DeepEquals(expected, actual)
            ? null
            : $"{line.GetProperty("kwargs").GetRawText()} {line.GetProperty("text").GetRawText()}\n    expected {expected.ToJsonString()}\n    actual   {actual.ToJsonString()}";
    });

    private static string? IdsDifference(Tokenizer tokenizer, JsonElement line, bool special)
    {
        if (!line.TryGetProperty("text", out JsonElement text) || line.TryGetProperty("pair", out _))
        {
            return null;
        }

        int[] expected = ExpectedEncoding.Ids(line.GetProperty("ids"));
        int[] actual = tokenizer.EncodeIds(text.GetString()!, special);
        return expected.SequenceEqual(actual)
            ? null
            : $"{text.GetRawText()} EncodeIds\n    expected {string.Join(',', expected)}\n    actual   {string.Join(',', actual)}";
    }

    private static void Run(string? name, string file, Func<Tokenizer, JsonElement, string?> test)
    {
        if (name is null)
        {
            GoldenCases.PathOf("real");
            return;
        }

        var tokenizer = new Lazy<Tokenizer>(() => RealTokenizers.Load(name));
        GoldenCases.RunLines($"real/{name}", file, line => test(tokenizer.Value, line));
    }

    private static TheoryData<string?> Names(string file) =>
        [.. GoldenCases.Folders("real").Where(name => name is null || GoldenCases.Files($"real/{name}", file).Any())];
}
