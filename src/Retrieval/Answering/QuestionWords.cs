using System.Text.RegularExpressions;

namespace LlmPlatform.Retrieval.Answering;

/// <summary>
/// The words of a question that make it a question: who, when, 무엇, 언제, the endings of Korean questions. No answer holds
/// them, so they tell nothing about whether a sentence is one.
/// </summary>
internal static partial class QuestionWords
{
    /// <summary>The question without them, for example "the lighthouse built" of "When was the lighthouse built?".</summary>
    public static string Remove(string question) => Korean().Replace(English().Replace(KoreanEnding().Replace(question, ""), " "), " ");

    // Question words, and the auxiliaries and prepositions that go with them.
    [GeneratedRegex(
        @"\b(?:what|which|who|whom|whose|when|where|why|how|much|many|is|are|was|were|be|been|do|does|did|can|could|will|would|should|has|have|had|the|a|an|of|in|on|at|to|for|by|with|from|and|or|it|its|this|that|there|i|you|we|my|your)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex English();

    [GeneratedRegex(@"(?:무엇|누구|누가|어디|언제|얼마|뭐)\S*|(?<!\S)(?:어느|어떤|어떻게|무슨|몇|왜)(?!\S)", RegexOptions.CultureInvariant)]
    private static partial Regex Korean();

    [GeneratedRegex(@"(?:니까|나요|가요|까요|인가|는가|은가|던가|일까|을까|인지|는지)\s*[?.]*\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex KoreanEnding();
}
