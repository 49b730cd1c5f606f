using System.Text.Json.Nodes;

namespace LlmPlatform.Platform.Tests.CommandLine;

/// <summary><c>llm chat</c> without a message.</summary>
public sealed class ConversationTests(PlatformFixture platform) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("llmplatform-conversation-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_was_said_is_remembered_shown_answered_again_and_saved()
    {
        string saved = Path.Combine(_folder, "conversation.jsonl");
        LlmResult result = (await TypeAsync("/help", "/system be kind", "the cat", "/retry", "the world", "/history", $"/save {saved}", "")).Succeeded();
        Assert.Contains("/retry", result.Output, StringComparison.Ordinal);
        Assert.Contains("user: the cat", result.Output, StringComparison.Ordinal);

        JsonArray messages = JsonNode.Parse(await File.ReadAllTextAsync(saved))!["messages"]!.AsArray();
        Assert.Equal(["system", "user", "assistant", "user", "assistant"], messages.Select(message => (string)message!["role"]!));
        Assert.Equal(["be kind", "the cat", "the world"], messages.Where(message => (string)message!["role"]! != "assistant").Select(message => (string)message!["content"]!));
    }

    [Fact]
    public async Task A_conversation_is_forgotten_when_cleared()
    {
        string saved = Path.Combine(_folder, "conversation.jsonl");
        (await TypeAsync("/system be kind", "the cat", "/clear", "/save " + saved, "/exit", "never said")).Succeeded();
        Assert.Equal("system", (string?)Assert.Single(JsonNode.Parse(await File.ReadAllTextAsync(saved))!["messages"]!.AsArray())!["role"]);
    }

    [Fact]
    public async Task Mistakes_do_not_end_a_conversation()
    {
        string saved = Path.Combine(_folder, "conversation.jsonl");
        LlmResult result = (await TypeAsync(
            "/nothing", "/retry", "/model", "/model no-such-model", "the cat", $"/model {PlatformFixture.TinyDecoder}", "the world",
            $"/save {Path.Combine(_folder, "none", "x")}", $"/save {saved}")).Succeeded();
        Assert.Contains("there is no command /nothing", result.Errors, StringComparison.Ordinal);
        Assert.Contains("no message to answer again", result.Errors, StringComparison.Ordinal);
        Assert.Contains("no-such-model", result.Errors, StringComparison.Ordinal);
        Assert.Contains("was not written", result.Errors, StringComparison.Ordinal);
        JsonArray messages = JsonNode.Parse(await File.ReadAllTextAsync(saved))!["messages"]!.AsArray();
        Assert.Equal("the world", (string?)messages[0]!["content"]);
        Assert.Equal(2, messages.Count);
    }

    private Task<LlmResult> TypeAsync(params string[] lines) => Llm.RunTypingAsync(
        platform.Platform.Grpc, string.Join('\n', lines) + "\n", "chat", "--model", PlatformFixture.TinyDecoder, "--temperature", "0", "--max-tokens", "4");
}
