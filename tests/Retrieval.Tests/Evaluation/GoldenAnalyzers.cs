using System.Text.RegularExpressions;
using LlmPlatform.Retrieval.Keywords;

namespace LlmPlatform.Retrieval.Tests.Evaluation;

/// <summary>The analysers that the reference results were made with.</summary>
internal static partial class GoldenAnalyzers
{
    // Lucene's English ones.
    private static readonly HashSet<string> StopWords = [.. ("a an and are as at be but by for if in into is it no not of on or such that " +
        "the their then there these they this to was will with").Split(' ')];

    /// <summary>The analyser of a name in results.json, or null for one that needs a library the platform does without.</summary>
    public static Func<string, IEnumerable<string>>? Find(string name, bool korean) => name switch
    {
        "whitespace" => Whitespace,
        "words" => korean ? KoreanWords : Words,
        "stop" => Stop,
        "porter" => text => Stop(text).Select(PorterStemmer.Stem).Where(stem => stem.Length > 0),
        "porter2" => Porter2,
        "bigrams" => Bigrams,
        "words_bigrams" => text => KoreanWords(text).SelectMany(word => word.Length == 1 || word.Length == 2 ? [word] : Pairs(word).Prepend(word)),
        _ => null,
    };

    public static IEnumerable<string> Porter2(string text) => Stop(text).Select(SnowballEnglish.Stem).Where(stem => stem.Length > 0);

    public static IEnumerable<string> Bigrams(string text) => KoreanWords(text).SelectMany(Pairs);

    private static string[] Whitespace(string text) =>
        text.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static IEnumerable<string> Words(string text) => English().Matches(text.ToLowerInvariant()).Select(match => match.Value);

    private static IEnumerable<string> KoreanWords(string text) => Korean().Matches(text.ToLowerInvariant()).Select(match => match.Value);

    private static IEnumerable<string> Stop(string text) => Words(text).Where(word => !StopWords.Contains(word));

    private static IEnumerable<string> Pairs(string word) => word.Length == 1
        ? [word]
        : Enumerable.Range(0, word.Length - 1).Select(start => word.Substring(start, 2));

    [GeneratedRegex("[a-z0-9]+")]
    private static partial Regex English();

    [GeneratedRegex("[0-9a-z가-힣一-鿿]+")]
    private static partial Regex Korean();
}
