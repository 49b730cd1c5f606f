using System.Text.Json;
using LlmPlatform.Retrieval.Keywords;
using LlmPlatform.Retrieval.Tests.Evaluation;

namespace LlmPlatform.Retrieval.Tests.Keywords;

[Trait("Category", "Golden")]
public class StemGoldenTests
{
    [Theory]
    [InlineData("porter")]
    [InlineData("porter2")]
    public void Stems_are_those_of_the_reference(string stemmer)
    {
        JsonElement golden = RetrievalGolden.Json("stems.json");
        Func<string, string> stem = stemmer == "porter" ? PorterStemmer.Stem : SnowballEnglish.Stem;
        List<string> failures = [];
        string[] words = golden.GetProperty("words").Strings();
        foreach ((string word, string expected) in words.Zip(golden.GetProperty(stemmer).Strings()))
        {
            string actual = stem(word);
            if (actual != expected)
            {
                failures.Add($"{word}: {actual}, not {expected}");
            }
        }

        RetrievalGolden.Report("stems.json", words.Length, failures);
    }
}
