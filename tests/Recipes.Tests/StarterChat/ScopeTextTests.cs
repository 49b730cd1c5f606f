using LlmPlatform.Recipes.Running;
using LlmPlatform.Recipes.StarterChat;

namespace LlmPlatform.Recipes.Tests.StarterChat;

public sealed class ScopeTextTests
{
    private const string Line = """{"id":"a","category":"platform","language":"en","fact":"llm chat|/chat","questions":["How do I chat?","Where is the chat?","chat how"],"answer":"Open LLM  Chat."}""";

    [Fact]
    public void A_line_is_an_answer_with_its_questions()
    {
        ScopeText text = Assert.Single(Parse(Line));

        Assert.Equal((ScopeCategory.Platform, "en"), (text.Category, text.Language));
        Assert.Equal(["llm chat", "/chat"], text.Facts);
        Assert.Equal(3, text.Questions.Length);
    }

    [Theory]
    [InlineData("\"platform\"", "\"weather\"", "category is 'weather'")]
    [InlineData("\"en\"", "\"fr\"", "language is 'fr'")]
    [InlineData("llm chat|/chat", "llm embed", "fact is 'llm embed'")]
    [InlineData("\"platform\"", "\"outside\"", "answer is")]
    [InlineData("\"Where is the chat?\",\"chat how\"", "\"x\"", "questions is '2 of them'")]
    [InlineData("\"answer\"", "\"reply\"", "expected an object")]
    public void A_wrong_line_is_named(string from, string to, string expected)
    {
        RecipeException error = Assert.Throws<RecipeException>(() => Parse(Line + "\n" + Line.Replace(from, to, StringComparison.Ordinal)).Count());

        Assert.StartsWith("a.jsonl:2: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_wording_may_not_stand_in_two_texts()
    {
        ScopeText[] texts = [.. Parse(Line), .. Parse(Line.Replace("\"a\"", "\"b\"", StringComparison.Ordinal).Replace("How do I chat?", "how do  I chat", StringComparison.Ordinal))];

        RecipeException error = Assert.Throws<RecipeException>(() => ScopeTexts.RequireDifferent(texts));

        Assert.Contains("'how do  I chat'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Our_texts_are_enough_for_training_and_evaluation()
    {
        IReadOnlyList<ScopeText> texts = ScopeTexts.Load();
        int training = texts.Sum(text => QuestionSplit.Training(text).Count);

        Assert.True(training >= 2000, $"{training} pairs to train on");
        Assert.Equal(100, QuestionSplit.Evaluation(texts, outside: false, 100).Count);
        Assert.Equal(100, QuestionSplit.Evaluation(texts, outside: true, 100).Count);
        Assert.All(texts, text => Assert.Equal(text.Language, AnswerText.LanguageOf(text.Answer)));
    }

    [Fact]
    public void No_question_of_the_evaluation_is_trained_on()
    {
        IReadOnlyList<ScopeText> texts = ScopeTexts.Load();
        HashSet<string> trained = [.. texts.SelectMany(QuestionSplit.Training).Select(QuestionSplit.Key)];

        Assert.All(texts.SelectMany(QuestionSplit.HeldOut), question => Assert.DoesNotContain(QuestionSplit.Key(question), trained));
        Assert.All(texts, text => Assert.True(QuestionSplit.Training(text).Count >= QuestionSplit.LeastTraining, text.Id));
    }

    [Fact]
    public void A_question_is_held_out_or_not_whatever_else_is_written()
    {
        ScopeText many = Assert.Single(Parse(Line)) with { Questions = [.. Enumerable.Range(0, 600).Select(i => $"question {i}?")] };
        ScopeText half = many with { Questions = [.. many.Questions.Where((_, i) => i % 2 == 0)] };
        HashSet<string> heldOut = [.. QuestionSplit.HeldOut(many)];

        Assert.InRange(heldOut.Count, 70, 130);
        Assert.Equal(QuestionSplit.HeldOut(half), QuestionSplit.HeldOut(half).Where(heldOut.Contains));
    }

    [Theory]
    [InlineData("`llm  pull` 로 받으세요", "ko", "llm pull", true)]
    [InlineData("Run LLM PULL first", "en", "llm pull", true)]
    [InlineData("pull it", "en", "llm pull", false)]
    [InlineData("네", "ko", "네", true)]
    [InlineData("42", "en", "", true)]
    public void Answers_are_judged_by_their_letters(string answer, string language, string fact, bool holds)
    {
        Assert.Equal(language, AnswerText.LanguageOf(answer));
        Assert.Equal(holds, AnswerText.Holds(answer, fact));
    }

    private static IEnumerable<ScopeText> Parse(string lines) => ScopeTexts.Parse(new StringReader(lines), "a.jsonl");
}
