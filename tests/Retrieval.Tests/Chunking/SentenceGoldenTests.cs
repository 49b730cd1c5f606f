using System.Text.Json;
using System.Text.RegularExpressions;
using LlmPlatform.Retrieval.Chunking;
using LlmPlatform.Retrieval.Tests.Evaluation;

namespace LlmPlatform.Retrieval.Tests.Chunking;

[Trait("Category", "Golden")]
public partial class SentenceGoldenTests(ITestOutputHelper output)
{
    [Fact]
    public void At_least_95_of_100_sentence_ends_are_found_and_right()
    {
        int marked = 0;
        int found = 0;
        int right = 0;
        List<string> wrong = [];
        foreach (JsonElement document in RetrievalGolden.Json("chunking.json").EnumerateArray())
        {
            string text = document.GetProperty("text").GetString()!;
            foreach (JsonElement block in document.GetProperty("blocks").EnumerateArray().Where(block => block.TryGetProperty("sentences", out _)))
            {
                int start = block.GetProperty("start").GetInt32();
                string source = BlankMarkers(text[start..block.GetProperty("end").GetInt32()], block.GetProperty("kind").GetString()!);
                HashSet<int> ends = [.. block.GetProperty("sentences").EnumerateArray().Select(sentence => sentence.GetProperty("end").GetInt32())];
                HashSet<int> own = [.. SentenceSplitter.Split(source).Select(sentence => start + sentence.End)];
                marked += ends.Count;
                found += own.Count;
                right += own.Intersect(ends).Count();
                wrong.AddRange(ends.Except(own).Select(end => "not found: " + Around(text, end)));
                wrong.AddRange(own.Except(ends).Select(end => "too many: " + Around(text, end)));
            }
        }

        double recall = right / (double)marked;
        double precision = right / (double)found;
        output.WriteLine($"sentence ends: {marked} marked, {recall:P1} of them found; {precision:P1} of {found} right");
        wrong.ForEach(output.WriteLine);
        RetrievalGolden.Report("chunking.json", marked, []);
        Assert.True(recall >= 0.95, $"recall {recall}");
        Assert.True(precision >= 0.95, $"precision {precision}");
    }

    // Heading signs, list markers and quotation signs are the Markdown reader's; here spaces take their place.
    private static string BlankMarkers(string source, string kind)
    {
        Regex? markers = kind switch
        {
            "heading" => HeadingMarker(),
            "item" => ItemMarker(),
            "quote" => QuoteMarker(),
            _ => null,
        };
        return markers?.Replace(source, match => new string(' ', match.Length)) ?? source;
    }

    private static string Around(string text, int end) =>
        $"{text[Math.Max(0, end - 30)..end]}|{text[end..Math.Min(text.Length, end + 20)]}".ReplaceLineEndings("\\n");

    [GeneratedRegex("^ *#+ ")]
    private static partial Regex HeadingMarker();

    [GeneratedRegex("^ *([-*+]|[0-9]+[.)]) ")]
    private static partial Regex ItemMarker();

    [GeneratedRegex("^ *> ?", RegexOptions.Multiline)]
    private static partial Regex QuoteMarker();
}
