using LlmPlatform.Retrieval.Answering;
using LlmPlatform.Retrieval.Keywords;
using LlmPlatform.Retrieval.Search;

namespace LlmPlatform.Retrieval.Tests.Answering;

public sealed class ExtractiveAnswererTests
{
    private static readonly string[] Library =
    [
        "The lighthouse of Marwick stands on the northern cliff. It was built in 1874 by Agnes Harrow. Its lamp burns whale oil no longer.",
        "The harbour of Marwick has three piers. Fishing boats leave at dawn. The market opens when they return.",
        "등대는 북쪽 절벽 위에 있습니다. 등대의 높이는 42미터입니다. 관리인은 김하늘입니다.",
        "시장은 아침마다 열립니다. 생선과 채소를 팝니다. 겨울에는 쉽니다.",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("When was the lighthouse of Marwick built?", "1874")]
    [InlineData("등대의 높이는 몇 미터입니까?", "42미터")]
    public async Task The_answer_is_quoted_with_its_place(string question, string expected)
    {
        (ExtractedAnswer answer, SearchAnswer search) = await AskAsync(question);
        Assert.True(answer.Found, $"confidence {answer.Confidence}");
        Assert.Contains(answer.Quotes, quote => quote.Text.Contains(expected, StringComparison.Ordinal));
        Assert.InRange(answer.Quotes.Count, 1, ExtractiveAnswerer.MostSentences);
        Assert.InRange(answer.Quotes.Sum(quote => quote.Text.Length), 1, ExtractiveAnswerer.MostLength);
        Assert.All(answer.Quotes, quote =>
        {
            var point = search.Results[quote.Passage].Point;
            Assert.Equal(quote.Text, point.Text[(quote.Start - point.Start)..(quote.End - point.Start)]);
        });
    }

    [Theory]
    [InlineData("Which river flows through the capital of Peru?")]
    [InlineData("세종대왕은 언제 태어났습니까?")]
    public async Task What_the_documents_do_not_hold_is_said(string question)
    {
        (ExtractedAnswer answer, _) = await AskAsync(question);
        Assert.False(answer.Found);
        Assert.InRange(answer.Confidence, 0, ExtractiveAnswerer.Threshold);
    }

    [Fact]
    public async Task Nothing_found_is_no_answer()
    {
        SearchAnswer nothing = new([], SearchMode.Keyword, ["term"], new Retrieval.Index.KeywordStatistics(0, 0, new Dictionary<string, long>()));
        Assert.False((await new ExtractiveAnswerer(KeywordAnalyzer.Instance).AnswerAsync("term", nothing, null, Ct)).Found);
    }

    [Fact]
    public async Task A_sentence_that_is_too_long_to_quote_is_passed_over_and_meaning_decides_among_equal_words()
    {
        string giant = "The engine of Marwick " + string.Concat(Enumerable.Repeat("turns and turns and ", 30)) + "stops.";
        string text = $"{giant} The engine of Marwick is old. The engine of Marwick is loud.";
        SearchAnswer search = await Passages.SearchAsync("engine of Marwick", text);
        ExtractedAnswer answer = await new ExtractiveAnswerer(KeywordAnalyzer.Instance).AnswerAsync(
            "Which engine of Marwick?", search, (sentences, _) => Task.FromResult<IReadOnlyList<double>>([.. sentences.Select(sentence => sentence.Contains("loud", StringComparison.Ordinal) ? 0.9 : 0.1)]), Ct);
        Assert.DoesNotContain(answer.Quotes, quote => quote.Text.Length > ExtractiveAnswerer.MostLength);
        Assert.Contains(answer.Quotes, quote => quote.Text.Contains("loud", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_sentence_that_stands_in_two_overlapping_passages_is_quoted_once()
    {
        SearchAnswer search = await Passages.SearchAsync("Who built the lighthouse?", "Agnes Harrow built the lighthouse. It is tall.", "It stands high. Agnes Harrow built the lighthouse.");
        ExtractedAnswer answer = await new ExtractiveAnswerer(KeywordAnalyzer.Instance).AnswerAsync("Who built the lighthouse?", search, null, Ct);
        Assert.Equal(answer.Quotes.Select(quote => quote.Text).Distinct(), answer.Quotes.Select(quote => quote.Text));
    }

    [Theory]
    [InlineData("When was the lighthouse of Marwick built?", "lighthouse Marwick built?")]
    [InlineData("등대의 높이는 몇 미터입니까?", "등대의 높이는 미터입")]
    [InlineData("첫 등대지기는 누구인가?", "첫 등대지기는")]
    [InlineData("몇몇 사람은 왜 왜관에 갔는가?", "몇몇 사람은 왜관에 갔")]
    [InlineData("LoRA가 뭐예요?", "LoRA")]
    [InlineData("문서는 어떻게 올려요?", "문서는 올")]
    [InlineData("학습을 멈추려면?", "학습을 멈추")]
    [InlineData("컬렉션에 대해 알려 주세요", "컬렉션")]
    [InlineData("SDK로 채팅을 쓰고 싶어요", "SDK 채팅을 쓰")]
    [InlineData("포트 8080은 어디에 쓰나요?", "포트 8080 쓰")]
    public void What_makes_a_question_a_question_does_not_count(string question, string left) =>
        Assert.Equal(left, string.Join(' ', QuestionWords.Remove(question).Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    private static async Task<(ExtractedAnswer, SearchAnswer)> AskAsync(string question)
    {
        SearchAnswer search = await Passages.SearchAsync(question, Library);
        return (await new ExtractiveAnswerer(KeywordAnalyzer.Instance).AnswerAsync(question, search, null, Ct), search);
    }
}
