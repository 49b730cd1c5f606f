using System.Globalization;
using System.Text.Json;
using LlmPlatform.Testing;

namespace LlmPlatform.Platform.Tests.Recipes;

/// <summary>Two sentences and how alike people found them.</summary>
internal sealed record SentencePair(string First, string Second, double Score);

/// <summary>Sets of sentence pairs that no recipe trains on.</summary>
internal static class SentencePairs
{
    /// <summary>KLUE-STS, development set: scores from 0 to 5.</summary>
    public static IReadOnlyList<SentencePair> KlueSts()
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(SharedData.Require("data", "klue", "klue-sts-v1.1_dev.json")));
        return [.. json.RootElement.EnumerateArray().Select(row => new SentencePair(
            row.GetProperty("sentence1").GetString()!, row.GetProperty("sentence2").GetString()!, row.GetProperty("labels").GetProperty("real-label").GetDouble()))];
    }

    /// <summary>KorSTS, test set: scores from 0 to 5; tabs part the cells and quotes are letters.</summary>
    public static IReadOnlyList<SentencePair> KorSts() =>
    [
        .. File.ReadLines(SharedData.Require("data", "kornlu", "KorSTS", "sts-test.tsv")).Skip(1).Select(line => line.Split('\t'))
            .Select(cells => new SentencePair(cells[5], cells[6], double.Parse(cells[4], CultureInfo.InvariantCulture))),
    ];

    /// <summary>Question pairs, test set: 1 where both mean the same (the file says 0 for it).</summary>
    public static IReadOnlyList<SentencePair> Questions() =>
    [
        .. File.ReadLines(SharedData.Require("data", "ko-question-pair", "kor_Pair_test.csv")).Skip(1).Where(line => line.Length > 0).Select(Cells)
            .Select(cells => new SentencePair(cells[1], cells[2], cells[3].Trim() == "0" ? 1 : 0)),
    ];

    // Commas inside quotes belong to the text.
    private static string[] Cells(string line)
    {
        List<string> cells = [""];
        bool quoted = false;
        foreach (char letter in line)
        {
            if (letter == '"')
            {
                quoted = !quoted;
            }
            else if (letter == ',' && !quoted)
            {
                cells.Add("");
            }
            else
            {
                cells[^1] += letter;
            }
        }

        return [.. cells];
    }
}
