using System.Text;
using System.Text.Json;
using LlmPlatform.Testing;

namespace LlmPlatform.Retrieval.Tests.Evaluation;

/// <summary>A collection with questions and what is relevant to each.</summary>
internal sealed record Corpus(string[] Documents, IReadOnlyList<CorpusQuery> Queries);

/// <summary>A question; the grades of the documents, by their place in the collection.</summary>
internal sealed record CorpusQuery(string Text, IReadOnlyDictionary<int, int> Relevant);

/// <summary>Loads the two collections that search is measured on.</summary>
internal static class Corpora
{
    /// <summary>KorQuAD's paragraphs, each once; the question's own paragraph is relevant.</summary>
    public static Corpus KorQuad()
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(SharedData.Require("data", "korquad", "KorQuAD_v1.0_dev.json")));
        Dictionary<string, int> ids = [];
        List<CorpusQuery> queries = [];
        foreach (JsonElement paragraph in json.RootElement.GetProperty("data").EnumerateArray()
            .SelectMany(article => article.GetProperty("paragraphs").EnumerateArray()))
        {
            string text = paragraph.GetProperty("context").GetString()!;
            ids.TryAdd(text, ids.Count);
            queries.AddRange(paragraph.GetProperty("qas").EnumerateArray().Select(question =>
                new CorpusQuery(question.GetProperty("question").GetString()!, new Dictionary<int, int> { [ids[text]] = 1 })));
        }

        return new Corpus([.. ids.OrderBy(pair => pair.Value).Select(pair => pair.Key)], queries);
    }

    /// <summary>
    /// Cranfield's 1,400 abstracts (field .W, white space joined), numbered from 0, and 225 queries. Judgements count the
    /// queries by place; code 1 is best, grade = 5 - code, -1 is not relevant.
    /// </summary>
    public static Corpus Cranfield()
    {
        string[] documents = [.. Records(File.ReadAllLines(SharedData.Require("data", "cranfield", "cran.all.1400"))).Take(1400)];
        string[] texts = [.. Records(File.ReadAllLines(SharedData.Require("data", "cranfield", "cran.qry"))).Take(225)];
        Dictionary<int, int>[] relevant = [.. texts.Select(_ => new Dictionary<int, int>())];
        foreach (int[] judgement in File.ReadLines(SharedData.Require("data", "cranfield", "cranqrel"))
            .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToArray())
            .Where(judgement => judgement.Length == 3 && judgement[2] > 0))
        {
            relevant[judgement[0] - 1][judgement[1] - 1] = 5 - judgement[2];
        }

        return new Corpus(documents, [.. texts.Select((text, i) => new CorpusQuery(text, relevant[i]))]);
    }

    // The field .W of each record.
    private static IEnumerable<string> Records(string[] lines)
    {
        StringBuilder? text = null;
        bool isText = false;
        foreach (string line in lines)
        {
            if (line.StartsWith(".I ", StringComparison.Ordinal))
            {
                if (text is not null)
                {
                    yield return Join(text);
                }

                text = new StringBuilder();
                isText = false;
            }
            else if (line.Length == 2 && line[0] == '.' && char.IsAsciiLetterUpper(line[1]))
            {
                isText = line == ".W";
            }
            else if (isText)
            {
                text!.Append(line).Append(' ');
            }
        }

        if (text is not null)
        {
            yield return Join(text);
        }
    }

    private static string Join(StringBuilder text) =>
        string.Join(' ', text.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
