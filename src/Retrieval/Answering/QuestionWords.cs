using System.Text.RegularExpressions;

namespace LlmPlatform.Retrieval.Answering;

/// <summary>
/// The words of a question that make it a question: who, when, 무엇, 언제, the endings of Korean questions. No answer holds
/// them, so they tell nothing about whether a sentence is one.
/// </summary>
internal static partial class QuestionWords
{
    /// <summary>The question without them, for example "the lighthouse built" of "When was the lighthouse built?".</summary>
    public static string Remove(string question) =>
        Korean().Replace(English().Replace(KoreanEnding().Replace(KoreanRequest().Replace(LatinParticle().Replace(question, " "), ""), ""), " "), " ");

    // Question words, and the auxiliaries and prepositions that go with them.
    [GeneratedRegex(
        @"\b(?:what|which|who|whom|whose|when|where|why|how|much|many|is|are|was|were|be|been|do|does|did|can|could|will|would|should|has|have|had|the|a|an|of|in|on|at|to|for|by|with|from|and|or|it|its|this|that|there|i|you|we|my|your)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex English();

    [GeneratedRegex(@"(?:무엇|누구|누가|어디|언제|얼마|뭐)\S*|(?<!\S)(?:어느|어떤|어떻게|무슨|몇|왜)(?!\S)", RegexOptions.CultureInvariant)]
    private static partial Regex Korean();

    // Written endings of questions, and the spoken polite ones (해요, 봐요, 예요, 하죠, 하려면).
    [GeneratedRegex(
        @"(?:니까|나요|가요|까요|인가|는가|은가|던가|일까|을까|인지|는지|[어아여해돼봐써워려겨와예에세네]요|죠|지요|려면|고\s?싶어요?)\s*[?.!]*\s*$",
        RegexOptions.CultureInvariant)]
    private static partial Regex KoreanEnding();

    // Tell me, explain, show me, at the end.
    [GeneratedRegex(@"(?:에 대해\s*)?(?:알려|설명해|말해|가르쳐|보여)\s?(?:주세요|주십시오|줄래요?|줘요?|달라)\s*[?.!]*\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex KoreanRequest();

    // A particle makes no other word of a name in Latin letters: LoRA가, SDK를.
    [GeneratedRegex(@"(?<=[A-Za-z0-9_])(?:으로|에서|이란|은|는|이|가|을|를|의|에|로|과|와|도|란)(?![가-힣])", RegexOptions.CultureInvariant)]
    private static partial Regex LatinParticle();
}
