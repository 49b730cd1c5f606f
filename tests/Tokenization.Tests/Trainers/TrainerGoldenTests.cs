using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Testing;
using LlmPlatform.Tokenization.Tests.Golden;
using LlmPlatform.Tokenization.Trainers;

namespace LlmPlatform.Tokenization.Tests.Trainers;

/// <summary>Trains on the reference's corpora and compares with what it made of them, as far as its own runs agreed.</summary>
[Trait("Category", "Golden")]
public class TrainerGoldenTests
{
    // Scores of characters that no piece needs follow a hash order in the reference.
    private const double ScoreFactor = 3;

    // Of the texts, where the reference's own runs differed in some.
    private const double LeastEqualTexts = 0.8;

    public static TheoryData<string?> Names
    {
        get
        {
            string? file = SharedData.TryFind("golden", "tokenizers", "trainers", "specs.json");
            return file is null
                ? [(string?)null]
                : [.. JsonDocument.Parse(File.ReadAllBytes(file)).RootElement.EnumerateArray().Select(row => row.GetProperty("name").GetString())];
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Trainer_makes_what_the_reference_made(string? name)
    {
        var spec = new TrainerSpec(GoldenCases.Json("trainers", "specs.json").EnumerateArray()
            .First(row => row.GetProperty("name").GetString() == name));
        string caseId = $"tokenizers/trainers/specs.json/{name}";
        if (GoldenCoverage.MissingFeature(caseId) is string missing)
        {
            GoldenCoverage.Count("tokenizers/trainers (training)", skipped: true);
            Assert.Skip($"{caseId}: {missing}");
        }

        GoldenCoverage.Count("tokenizers/trainers (training)", skipped: false);
        if (spec.Error is not null)
        {
            Assert.ThrowsAny<Exception>(() => spec.Train(threads: 2));
            return;
        }

        TrainedTokenizer trained = spec.Train(threads: 2);
        JsonNode actual = JsonNode.Parse(trained.ToJson())!;
        JsonNode expected = JsonNode.Parse(File.ReadAllBytes(GoldenCases.PathOf("trainers", $"{name}.tokenizer.json")))!;
        CompareSize(spec, Piece.All(expected).Count, Piece.All(actual).Count);
        if (spec.Agreed("whole_file"))
        {
            Assert.Equal(expected.ToJsonString(), actual.ToJsonString());
        }
        else if (spec.IsUnigram)
        {
            CompareScores(spec, expected, actual);
        }
        else
        {
            CompareSets(spec, expected, actual);
        }

        Assert.Equal(Frame(expected), Frame(actual));
        CompareTexts(spec, trained.Tokenizer);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Threads_do_not_change_the_result(string? name)
    {
        var spec = new TrainerSpec(GoldenCases.Json("trainers", "specs.json").EnumerateArray()
            .First(row => row.GetProperty("name").GetString() == name));
        if (spec.Error is null)
        {
            Assert.Equal(spec.Train(threads: 1).ToJson(), spec.Train(threads: 3).ToJson());
        }
    }

    // With a least frequency the reference's runs can differ in size too, by pieces that not all of them have.
    private static void CompareSize(TrainerSpec spec, int expected, int actual)
    {
        int uncertain = spec.Row.GetProperty("pieces_not_in_all_runs").GetArrayLength();
        int common = (int)spec.Number("pieces_common_to_all_runs");
        bool isFull = expected == spec.Row.GetProperty("options").GetProperty("vocab_size").GetInt32();
        Assert.InRange(actual, isFull ? expected : common, isFull ? expected : common + uncertain);
    }

    private static void CompareScores(TrainerSpec spec, JsonNode expected, JsonNode actual)
    {
        Dictionary<string, double> scores = Piece.All(actual);
        double tolerance = ScoreFactor * spec.Number("largest_score_difference_on_common_pieces");
        List<string> failures = [];
        foreach ((string piece, double score) in Piece.All(expected).Where(entry => !IsUncertain(spec, entry.Key)))
        {
            if (!scores.TryGetValue(piece, out double own))
            {
                failures.Add($"{piece} is missing");
            }
            else if (Math.Abs(own - score) > tolerance)
            {
                failures.Add($"{piece}: {own} instead of {score}");
            }
        }

        Assert.True(failures.Count == 0, $"{failures.Count} pieces differ:\n{string.Join('\n', failures.Take(10))}");
    }

    private static void CompareSets(TrainerSpec spec, JsonNode expected, JsonNode actual)
    {
        HashSet<string> own = [.. Piece.All(actual).Keys];
        string[] missing = [.. Piece.All(expected).Keys.Where(piece => !own.Contains(piece) && !IsUncertain(spec, piece))];
        Assert.True(missing.Length == 0, $"{missing.Length} pieces are missing: {string.Join(' ', missing.Take(10))}");
        if (spec.Row.TryGetProperty("merges_not_in_all_runs", out JsonElement uncertain))
        {
            HashSet<string> open = [.. uncertain.EnumerateArray().Select(merge => JsonNode.Parse(merge.GetRawText())!.ToJsonString())];
            HashSet<string> merges = [.. Merges(actual)];
            string[] lost = [.. Merges(expected).Where(merge => !merges.Contains(merge) && !open.Contains(merge))];
            Assert.True(lost.Length == 0, $"{lost.Length} merges are missing: {string.Join(' ', lost.Take(10))}");
        }
    }

    private static void CompareTexts(TrainerSpec spec, Tokenizer tokenizer)
    {
        string[] lines = File.ReadAllLines(GoldenCases.PathOf("trainers", $"{spec.Name}.cases.jsonl"));
        int equal = 0;
        foreach (string line in lines)
        {
            using JsonDocument document = JsonDocument.Parse(line);
            string[] tokens = document.RootElement.GetProperty("tokens").Deserialize<string[]>()!;
            equal += tokenizer.Encode(document.RootElement.GetProperty("text").GetString()!).Tokens.SequenceEqual(tokens) ? 1 : 0;
        }

        bool isExact = spec.Agreed("tokens_of_the_20_texts") && !spec.IsUnigram;
        Assert.InRange(equal, isExact ? lines.Length : (int)(LeastEqualTexts * lines.Length), lines.Length);
    }

    private static bool IsUncertain(TrainerSpec spec, string piece) =>
        spec.Row.GetProperty("pieces_not_in_all_runs").EnumerateArray().Any(other => other.GetString() == piece);

    private static IEnumerable<string> Merges(JsonNode tokenizer) =>
        tokenizer["model"]!["merges"]!.AsArray().Select(merge => merge!.ToJsonString());

    // All but the vocabulary and the merges.
    private static string Frame(JsonNode tokenizer)
    {
        JsonNode frame = tokenizer.DeepClone();
        frame["model"]!["vocab"] = null;
        if (frame["model"]!["merges"] is not null)
        {
            frame["model"]!["merges"] = null;
        }

        return frame.ToJsonString();
    }

    private static class Piece
    {
        public static Dictionary<string, double> All(JsonNode tokenizer) => tokenizer["model"]!["vocab"] switch
        {
            JsonObject ids => ids.ToDictionary(entry => entry.Key, entry => (double)entry.Value!, StringComparer.Ordinal),
            JsonArray scores => scores.ToDictionary(entry => (string)entry![0]!, entry => (double)entry![1]!, StringComparer.Ordinal),
            _ => throw new InvalidOperationException("the model has no vocabulary"),
        };
    }
}
