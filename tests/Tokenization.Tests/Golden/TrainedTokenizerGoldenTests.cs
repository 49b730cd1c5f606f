namespace LlmPlatform.Tokenization.Tests.Golden;

/// <summary>Texts encoded by tokenizers that the reference trained.</summary>
[Trait("Category", "Golden")]
public class TrainedTokenizerGoldenTests
{
    private const string Folder = "trainers";

    public static TheoryData<string?> Files => [.. GoldenCases.Files(Folder, "*.cases.jsonl")];

    [Theory]
    [MemberData(nameof(Files))]
    public void Encode_gives_the_reference(string? file)
    {
        var tokenizer = new Lazy<Tokenizer>(() =>
            Tokenizer.Load(GoldenCases.PathOf(Folder, file!.Replace(".cases.jsonl", ".tokenizer.json", StringComparison.Ordinal))));
        GoldenCases.RunLines(Folder, file, line => ComponentGoldenTests.EncodingAndText(
            line,
            tokenizer.Value,
            Components.Input(line),
            new EncodeOptions { AddSpecialTokens = Components.AddsSpecialTokens(line) }));
    }
}
