using System.Text.Json;
using LlmPlatform.Testing;

namespace LlmPlatform.Tokenization.Tests.Golden;

/// <summary>The fast path gives the ids of the full one, for all texts of the reference material and every tokenizer there.</summary>
[Trait("Category", "Golden")]
public class EncodeIdsGoldenTests
{
    private static readonly Lazy<string[]> Texts = new(FindTexts);

    public static TheoryData<string?> Real => [.. GoldenCases.Folders("real")];

    public static TheoryData<string?> Synthetic => [.. GoldenCases.Files("synthetic", "*.tokenizer.json")];

    public static TheoryData<string?> Models => SharedData.TryFind("models") is string folder
        ? [.. Directory.GetFiles(folder, "tokenizer.json", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path)).Order(StringComparer.Ordinal)]
        : [(string?)null];

    [Theory]
    [MemberData(nameof(Real))]
    public void Real_tokenizers_agree(string? name)
    {
        GoldenCases.PathOf("real");
        Compare(RealTokenizers.Load(name!));
    }

    [Theory]
    [MemberData(nameof(Synthetic))]
    public void Synthetic_tokenizers_agree(string? file) => Compare(Tokenizer.Load(GoldenCases.PathOf("synthetic", file ?? "")));

    [Theory]
    [MemberData(nameof(Models))]
    public void Tokenizers_of_models_agree(string? path) => Compare(Tokenizer.Load(SharedData.Require("models", path ?? "")));

    private static void Compare(Tokenizer tokenizer)
    {
        var failures = new List<string>();
        foreach (string text in Texts.Value)
        {
            foreach (bool special in new[] { true, false })
            {
                if (!Ids(() => tokenizer.Encode(text, null, special).Ids).SequenceEqual(Ids(() => tokenizer.EncodeIds(text, special))))
                {
                    failures.Add(text);
                }
            }
        }

        Assert.NotEmpty(Texts.Value);
        Assert.True(failures.Count == 0, $"{failures.Count} texts differ:\n{string.Join('\n', failures.Take(10))}");
    }

    // A model without an unknown token refuses some texts, on both ways.
    private static int[] Ids(Func<int[]> encode)
    {
        try
        {
            return encode();
        }
        catch (TokenizationException)
        {
            return [-1];
        }
    }

    private static string[] FindTexts()
    {
        IEnumerable<string> files = Directory.GetFiles(GoldenCases.PathOf("real"), "*.jsonl", SearchOption.AllDirectories)
            .Concat(Directory.GetFiles(GoldenCases.PathOf("components"), "*.jsonl"))
            .Concat(Directory.GetFiles(GoldenCases.PathOf("synthetic"), "*.jsonl"));
        var random = new Random(9);
        HashSet<string> texts = [.. Enumerable.Range(0, 300).Select(i => TestTokenizers.RandomText(random, i % 60))];
        foreach (string line in files.SelectMany(File.ReadLines))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            foreach (string name in new[] { "text", "pair", "input" })
            {
                if (document.RootElement.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String)
                {
                    texts.Add(value.GetString()!);
                }
            }
        }

        return [.. texts];
    }
}
