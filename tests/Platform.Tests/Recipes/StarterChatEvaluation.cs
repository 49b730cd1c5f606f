using System.Globalization;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using LlmPlatform.Platform.Tests.Retrieval;
using LlmPlatform.Recipes.StarterChat;
using LlmPlatform.Testing;

namespace LlmPlatform.Platform.Tests.Recipes;

/// <summary>
/// The starter chat model (<c>models/starter-chat</c>, or the folder that <c>LLMPLATFORM_STARTER_CHAT</c> names), served, asked in
/// wordings that its training never saw: a hundred questions that it should answer and a hundred that it should not.
/// </summary>
[Trait("Category", "Long")]
public sealed class StarterChatEvaluation
{
    private const string Model = "starter-chat-evaluation";
    private const int Questions = 100;
    private const int MaxTokens = 64;
    private const int Transcripts = 40;
    private const long LargestModel = 20_000_000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_reaches_the_floors()
    {
        string folder = Starter();
        IReadOnlyList<ScopeText> texts = ScopeTexts.Load();
        await using PlatformProcess platform = await PlatformProcess.StartAsync(
            new PlatformProcessOptions { Models = new Dictionary<string, string> { [Model] = folder } }, Ct);
        using HttpClient http = new() { BaseAddress = platform.Http, Timeout = TimeSpan.FromMinutes(2) };

        List<Reply> replies = [];
        foreach (bool outside in new[] { false, true })
        {
            foreach ((string question, ScopeText text) in QuestionSplit.Evaluation(texts, outside, Questions))
            {
                replies.Add(await AskAsync(http, question, text));
            }
        }

        Reply[] inScope = [.. replies.Where(reply => !reply.IsOutside)];
        Reply[] beyond = [.. replies.Where(reply => reply.IsOutside)];
        long bytes = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length);
        Measurements.Write("starter-chat", [.. Table(inScope, beyond, bytes), FormattableStringFactory.Create("{0}", ""), .. Missed(replies)]);
        Measurements.Write("starter-chat-transcripts", replies.OrderBy(reply => QuestionSplit.Order(reply.Question)).Take(Transcripts).SelectMany(Transcript));

        Assert.InRange(bytes, 1, LargestModel);
        Assert.Equal(Questions, inScope.Length);
        Assert.Equal(Questions, beyond.Length);
        Assert.InRange(inScope.Count(reply => reply.HoldsFact), 80, Questions);
        Assert.InRange(inScope.Count(reply => reply.Abstains), 0, 10);
        Assert.InRange(beyond.Count(reply => reply.Abstains), 90, Questions);
        Assert.All(replies, reply => Assert.True(reply.Ends && !reply.Loops && reply.KeepsLanguage, $"{reply.Question}: {reply.Answer}"));
    }

    [Theory]
    [InlineData("Hello there, how are you today?", false)]
    [InlineData("No, no, no. It is not so.", false)]
    [InlineData("I am here and I am here and I am here and so on", true)]
    [InlineData("네네네네네네네네네", true)]
    [InlineData("저는 작은 모델입니다. 저는 작은 모델입니다. 저는 작은 모델입니다.", true)]
    public void A_loop_is_three_words_three_times_or_one_sign_many_times(string answer, bool loops) => Assert.Equal(loops, IsLoop(answer));

    private static string Starter()
    {
        string? named = Environment.GetEnvironmentVariable("LLMPLATFORM_STARTER_CHAT");
        string folder = string.IsNullOrEmpty(named) ? Path.Combine(SharedData.RepositoryRoot, "models", "starter-chat") : named;
        if (!Directory.Exists(folder))
        {
            Assert.Skip("there is no models/starter-chat: make it with llm recipes run starter-chat");
        }

        return folder;
    }

    private static async Task<Reply> AskAsync(HttpClient http, string question, ScopeText text)
    {
        JsonObject request = new()
        {
            ["model"] = Model,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = question }),
            ["temperature"] = 0,
            ["max_tokens"] = MaxTokens,
        };
        using HttpResponseMessage response = await http.PostAsJsonAsync("/v1/chat/completions", request, Ct);
        string body = await response.Content.ReadAsStringAsync(Ct);
        Assert.True(response.IsSuccessStatusCode, body);
        JsonNode choice = JsonNode.Parse(body)!["choices"]![0]!;
        string answer = (string)choice["message"]!["content"]!;
        return new Reply(
            question,
            answer,
            text.Category == ScopeCategory.Outside,
            text.Facts.Any(fact => AnswerText.Holds(answer, fact)),
            answer.Contains(ScopeTexts.Abstention, StringComparison.OrdinalIgnoreCase),
            (string)choice["finish_reason"]! == "stop",
            IsLoop(answer),
            AnswerText.LanguageOf(answer) == text.Language);
    }

    private static bool IsLoop(string answer)
    {
        string[] words = answer.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        bool wordsAgain = Enumerable.Range(0, Math.Max(0, words.Length - 2))
            .GroupBy(i => string.Join(' ', words[i..(i + 3)]), StringComparer.Ordinal)
            .Any(group => group.Count() >= 3);
        return wordsAgain || Enumerable.Range(0, Math.Max(0, answer.Length - 7)).Any(i => answer.AsSpan(i, 8).IndexOfAnyExcept(answer[i]) < 0);
    }

    private static IEnumerable<FormattableString> Table(Reply[] inScope, Reply[] beyond, long bytes)
    {
        yield return $"| starter-chat, {bytes / 1e6:0.0} MB | floor | of {Questions} |";
        yield return $"|---|--:|--:|";
        yield return $"| in scope: holds the fact | 80 | {inScope.Count(reply => reply.HoldsFact)} |";
        yield return $"| in scope: abstains | at most 10 | {inScope.Count(reply => reply.Abstains)} |";
        yield return $"| outside: abstains | 90 | {beyond.Count(reply => reply.Abstains)} |";
        foreach ((string kind, Reply[] replies) in new[] { ("in scope", inScope), ("outside", beyond) })
        {
            yield return $"| {kind}: ends within {MaxTokens} tokens | {Questions} | {replies.Count(reply => reply.Ends)} |";
            yield return $"| {kind}: does not loop | {Questions} | {replies.Count(reply => !reply.Loops)} |";
            yield return $"| {kind}: in the language of the question | {Questions} | {replies.Count(reply => reply.KeepsLanguage)} |";
        }
    }

    private static IEnumerable<FormattableString> Missed(IEnumerable<Reply> replies) => replies
        .Where(reply => !reply.IsRight)
        .Select(reply => (FormattableString)$"- {(reply.IsOutside ? "outside" : "in scope")}: {reply.Question} -> {OneLine(reply.Answer)}");

    private static IEnumerable<FormattableString> Transcript(Reply reply) =>
        [$"> {reply.Question}", $"", FormattableStringFactory.Create("{0}", OneLine(reply.Answer)), $""];

    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToString(CultureInfo.InvariantCulture);

    private sealed record Reply(
        string Question, string Answer, bool IsOutside, bool HoldsFact, bool Abstains, bool Ends, bool Loops, bool KeepsLanguage)
    {
        public bool IsRight => Ends && !Loops && KeepsLanguage && (IsOutside ? Abstains : HoldsFact && !Abstains);
    }
}
