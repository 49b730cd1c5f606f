namespace LlmPlatform.Tokenization.Tests.Golden;

[Trait("Category", "Golden")]
public class SyntheticGoldenTests
{
    private const string Folder = "synthetic";

    public static TheoryData<string?> Files => [.. GoldenCases.Files(Folder, "*.cases.jsonl")];

    [Theory]
    [MemberData(nameof(Files))]
    public void Whole_tokenizer_gives_the_reference(string? file)
    {
        Tokenizer tokenizer = null!;
        if (file is not null)
        {
            tokenizer = Tokenizer.Load(GoldenCases.PathOf(Folder, file.Replace(".cases.jsonl", ".tokenizer.json", StringComparison.Ordinal)));
        }

        GoldenCases.RunLines(Folder, file, line =>
        {
            var options = new EncodeOptions
            {
                AddSpecialTokens = Components.AddsSpecialTokens(line),
                Truncation = tokenizer.FileTruncation,
                Padding = tokenizer.FilePadding,
            };
            return line.TryGetProperty("error", out _)
                ? GoldenCases.ExpectError(() => tokenizer.Encode(Components.Input(line), options))
                : ComponentGoldenTests.EncodingAndText(line, tokenizer, Components.Input(line), options);
        });
    }
}
