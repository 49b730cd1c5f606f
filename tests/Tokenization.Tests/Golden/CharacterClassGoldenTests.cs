using System.Globalization;
using System.Text.Json;
using LlmPlatform.Testing;
using LlmPlatform.Tokenization.Normalizers;
using LlmPlatform.Tokenization.Regexes;
using LlmPlatform.Tokenization.Text;
using LlmPlatform.Tokenization.Unicode;

namespace LlmPlatform.Tokenization.Tests.Golden;

[Trait("Category", "Golden")]
public class CharacterClassGoldenTests
{
    private const string File = "character_classes.json";

    public static TheoryData<string?> Classes => Names("regex");

    public static TheoryData<string?> Predicates => Names("predicates");

    [Theory]
    [MemberData(nameof(Classes))]
    public void Regular_expression_matches_the_same_characters(string? name) => Compare("regex", name, pattern =>
    {
        var regex = new RegexPattern(pattern);
        var matches = new List<PatternMatch>();
        return codePoint =>
        {
            matches.Clear();
            regex.FindMatches([codePoint], matches);
            return matches is [{ IsMatch: true, Start: 0, End: 1 }];
        };
    });

    [Theory]
    [MemberData(nameof(Predicates))]
    public void Built_in_predicate_accepts_the_same_characters(string? name) => Compare("predicates", name, predicate => predicate switch
    {
        "bert_clean_text_removed" => codePoint => BertClean(codePoint) is null,
        "bert_clean_text_to_space" => codePoint => codePoint != ' ' && BertClean(codePoint) == ' ',
        "bert_chinese" => CharacterSets.IsChinese,
        "nmt_removed" => codePoint => Normalized(new NmtNormalizer(), codePoint).Length == 0,
        "nmt_to_space" => codePoint => codePoint != ' ' && Normalized(new NmtNormalizer(), codePoint) is [' '],
        "strip_whitespace" or "bert_pre_tokenizer_whitespace" or "whitespace_split" => CharacterSets.IsWhiteSpace,
        "strip_accents_removed" => CharacterSets.IsCombiningMark,
        "bert_pre_tokenizer_punctuation" or "punctuation_pre_tokenizer" => CharacterSets.IsPunctuation,
        "whitespace_word" => CharacterSets.IsWord,
        "digits_pre_tokenizer" => CharacterSets.IsNumber,
        _ => throw new InvalidOperationException($"No rule for {predicate}."),
    });

    [Fact]
    public void Lowercase_maps_the_same_characters()
    {
        JsonElement map = GoldenCases.Json("components", File).GetProperty("lowercase");
        Dictionary<int, string> expected = map.EnumerateObject()
            .ToDictionary(entry => int.Parse(entry.Name, NumberStyles.HexNumber), entry => entry.Value.GetString()!);
        var normalizer = new LowercaseNormalizer();
        string[] different = [.. Characters()
            .Where(codePoint => CodePoints.Encode(Normalized(normalizer, codePoint)) != (expected.GetValueOrDefault(codePoint) ?? char.ConvertFromUtf32(codePoint)))
            .Select(codePoint => codePoint.ToString("X4"))];
        Assert.Empty(different);
        GoldenCoverage.Count("tokenizers/components", skipped: false);
    }

    private static int? BertClean(int codePoint)
    {
        int[] cleaned = Normalized(new BertNormalizer(true, false, false, false), codePoint);
        return cleaned.Length == 0 ? null : cleaned[0];
    }

    private static int[] Normalized(INormalizer normalizer, int codePoint)
    {
        var text = new AlignedText(tracksOrigins: false);
        text.Load([codePoint], 0);
        normalizer.Normalize(text);
        return text.CodePoints.ToArray();
    }

    private static void Compare(string section, string? name, Func<string, Predicate<int>> make)
    {
        JsonElement expected = GoldenCases.Json("components", File).GetProperty(section).GetProperty(name ?? "");
        bool complement = expected.ValueKind == JsonValueKind.Object;
        bool[] member = new bool[CodePointSet.Last + 1];
        foreach (JsonElement range in (complement ? expected.GetProperty("all_but") : expected).EnumerateArray())
        {
            Array.Fill(member, true, Number(range[0]), Number(range[1]) - Number(range[0]) + 1);
        }

        Predicate<int> predicate = make(name!);
        string[] different = [.. Characters().Where(codePoint => predicate(codePoint) != (member[codePoint] != complement))
            .Select(codePoint => codePoint.ToString("X4"))];
        Assert.True(different.Length == 0, $"{different.Length} characters: {string.Join(' ', different.Take(40))}");
        GoldenCoverage.Count("tokenizers/components", skipped: false);
    }

    private static int Number(JsonElement number) => number.ValueKind == JsonValueKind.String
        ? int.Parse(number.GetString()!, NumberStyles.HexNumber)
        : number.GetInt32();

    private static IEnumerable<int> Characters() =>
        Enumerable.Range(0, CodePointSet.Last + 1).Where(codePoint => codePoint is < 0xD800 or > 0xDFFF);

    private static TheoryData<string?> Names(string section) => SharedData.TryFind("golden", "tokenizers", "components", File) is null
        ? [(string?)null]
        : [.. GoldenCases.Json("components", File).GetProperty(section).EnumerateObject().Select(entry => entry.Name)];
}
