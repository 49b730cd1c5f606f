using System.Runtime.CompilerServices;
using LlmPlatform.Retrieval.Answering;
using LlmPlatform.Retrieval.Keywords;
using LlmPlatform.Retrieval.Search;
using Microsoft.Extensions.AI;

namespace LlmPlatform.Retrieval.Tests.Answering;

public sealed class GenerativeAnswererTests
{
    private const string Question = "Who built the lighthouse, and how tall is it?";

    private static readonly string[] Texts =
    [
        "Agnes Harrow built the lighthouse of Marwick in 1874. She had learned it from her mother.",
        "The lighthouse of Marwick is 42 metres tall. Its light can be seen from the islands.",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Agnes Harrow built the lighthouse [{0}]. It is 42 metres tall. [{1}] It sank in 1999 [{0}].")]
    [InlineData("Agnes Harrow built the lighthouse. [{0}] It is 42 metres tall [{1}]. It sank in 1999. [{0}]")]
    public async Task Each_sentence_is_checked_against_the_passages_that_it_cites(string template)
    {
        SearchAnswer search = await Passages.SearchAsync(Question, Texts);
        int builder = Number(search, "doc-0");
        int height = Number(search, "doc-1");
        string text = string.Format(System.Globalization.CultureInfo.InvariantCulture, template, builder, height);
        List<AnswerEvent> events = await AnswerAsync(search, text);
        AnswerEvent.End end = Assert.IsType<AnswerEvent.End>(events[^1]);
        Assert.Equal(text, end.Answer);
        Assert.Equal(text, string.Concat(events.OfType<AnswerEvent.Delta>().Select(delta => delta.Text)));
        Assert.Equal([true, true, false], end.Sentences.Select(sentence => sentence.Supported));
        Assert.Equal(end.Sentences, events.OfType<AnswerEvent.Sentence>().Select(sentence => sentence.Checked));
        Assert.All(end.Sentences, sentence => Assert.Equal(sentence.Text, text[sentence.Start..sentence.End]));
        foreach (Quote quote in end.Sentences.SelectMany(sentence => sentence.Citations))
        {
            var point = search.Results[quote.Passage].Point;
            Assert.Equal(quote.Text, point.Text[(quote.Start - point.Start)..(quote.End - point.Start)]);
        }

        Assert.Contains("42 metres", end.Sentences[1].Citations.Single().Text, StringComparison.Ordinal);
        Assert.Equal((7, 9), (end.PromptTokens, end.CompletionTokens));
    }

    [Fact]
    public async Task A_sentence_comes_as_soon_as_the_next_begins()
    {
        SearchAnswer search = await Passages.SearchAsync(Question, Texts);
        List<AnswerEvent> events = await AnswerAsync(search, $"Agnes Harrow built the lighthouse [{Number(search, "doc-0")}]. And so it is said.");
        int first = events.FindIndex(happened => happened is AnswerEvent.Sentence);
        Assert.InRange(first, 1, events.Count - 4);
        Assert.IsType<AnswerEvent.Delta>(events[first + 1]);
    }

    [Fact]
    public async Task Numbers_that_no_passage_has_and_sentences_without_any_are_marked()
    {
        SearchAnswer search = await Passages.SearchAsync(Question, Texts);
        AnswerEvent.End end = Assert.IsType<AnswerEvent.End>((await AnswerAsync(search, "Agnes Harrow built the lighthouse [9]. It is 42 metres tall."))[^1]);
        Assert.Equal([9], end.Sentences[0].UnknownCitations);
        Assert.All(end.Sentences, sentence => Assert.False(sentence.Supported));
    }

    [Fact]
    public async Task A_number_that_the_passage_does_not_hold_is_not_borne_out()
    {
        SearchAnswer search = await Passages.SearchAsync(Question, Texts);
        int height = Number(search, "doc-1");
        AnswerEvent.End end = Assert.IsType<AnswerEvent.End>((await AnswerAsync(search, $"The lighthouse of Marwick is 57 metres tall [{height}]."))[^1]);
        Assert.False(Assert.Single(end.Sentences).Supported);
    }

    [Theory]
    [InlineData("NOT IN THE DOCUMENTS")]
    [InlineData("  ")]
    public async Task A_model_that_finds_no_answer_says_so(string text)
    {
        SearchAnswer search = await Passages.SearchAsync(Question, Texts);
        Assert.False(Assert.IsType<AnswerEvent.End>((await AnswerAsync(search, text))[^1]).InDocuments);
    }

    [Fact]
    public async Task The_model_is_given_the_passages_by_number()
    {
        SearchAnswer search = await Passages.SearchAsync(Question, Texts);
        ScriptedChat chat = new("Yes [1].");
        await foreach (AnswerEvent _ in new GenerativeAnswerer(KeywordAnalyzer.Instance).AnswerAsync(Question, search.Results, chat, new ChatOptions(), Ct))
        {
        }

        string prompt = chat.Asked![^1].Text;
        for (int i = 0; i < search.Results.Count; i++)
        {
            Assert.Contains($"[{i + 1}] {search.Results[i].Point.Text}", prompt, StringComparison.Ordinal);
        }

        Assert.EndsWith(Question, prompt, StringComparison.Ordinal);
        Assert.Equal(ChatRole.System, chat.Asked[0].Role);
    }

    private static int Number(SearchAnswer search, string document) => 1 + search.Results.ToList().FindIndex(result => result.Point.DocumentId == document);

    private static async Task<List<AnswerEvent>> AnswerAsync(SearchAnswer search, string text)
    {
        List<AnswerEvent> events = [];
        await foreach (AnswerEvent happened in new GenerativeAnswerer(KeywordAnalyzer.Instance).AnswerAsync(Question, search.Results, new ScriptedChat(text), new ChatOptions(), Ct))
        {
            events.Add(happened);
        }

        return events;
    }

    /// <summary>Says a text, four characters at a time.</summary>
    private sealed class ScriptedChat(string text) : IChatClient
    {
        public IReadOnlyList<ChatMessage>? Asked { get; private set; }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            Asked = [.. messages];
            foreach (char[] part in text.Chunk(4))
            {
                await Task.Yield();
                yield return new ChatResponseUpdate(ChatRole.Assistant, new string(part));
            }

            yield return new ChatResponseUpdate { Contents = [new UsageContent(new UsageDetails { InputTokenCount = 7, OutputTokenCount = 9 })] };
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
