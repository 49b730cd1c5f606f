using System.Text.Json.Nodes;
using LlmPlatform.Testing;

namespace LlmPlatform.Platform.Tests.CommandLine;

/// <summary><c>llm keys</c>: the first key ends access without one.</summary>
public sealed class KeysTests
{
    private const int Failure = 1;

    [Fact]
    public async Task Keys_are_made_used_listed_and_revoked()
    {
        await using PlatformProcess platform = await PlatformProcess.StartAsync();
        Uri server = platform.Grpc;

        LlmResult tooSmall = await Llm.RunAsync(server, "keys", "create", "first");
        Assert.Equal(Failure, tooSmall.ExitCode);
        Assert.Contains("admin", tooSmall.Errors, StringComparison.Ordinal);

        LlmResult created = (await Llm.RunAsync(server, "keys", "create", "first", "--role", "admin")).Succeeded();
        string secret = created.Output.Trim();
        Assert.DoesNotContain(secret, created.Errors, StringComparison.Ordinal);

        LlmResult keyless = await Llm.RunAsync(server, "models", "list");
        Assert.Equal(Failure, keyless.ExitCode);
        Assert.Contains("API key", keyless.Errors.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal("UNAUTHENTICATED", (string?)JsonNode.Parse((await Llm.RunAsync(server, "models", "list", "--json")).Errors)!["error"]!["code"]);
        Assert.Empty((await Llm.RunAsync(server, "models", "list", "--json", "--api-key", secret)).Succeeded().Json.AsArray());

        Dictionary<string, string> environment = new() { ["LLM_API_KEY"] = secret };
        JsonNode user = (await Llm.RunAsync(server, environment, "keys", "create", "of a user", "--json")).Succeeded().Json;
        Assert.Equal(("user", "local"), ((string?)user["role"], (string?)user["tenant"]));
        string userSecret = (string)user["secret"]!;
        (await Llm.RunAsync(server, "models", "list", "--api-key", userSecret)).Succeeded();
        Assert.Equal(Failure, (await Llm.RunAsync(server, "keys", "list", "--api-key", userSecret)).ExitCode);

        LlmResult list = (await Llm.RunAsync(server, environment, "keys", "list", "--json")).Succeeded();
        Assert.Equal(["first", "of a user"], list.Json.AsArray().Select(key => (string?)key!["name"]).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(secret, list.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(userSecret, list.Output, StringComparison.Ordinal);

        // A key that was never used: the gateway may remember for half a minute what it knows of the others.
        JsonNode unused = (await Llm.RunAsync(server, environment, "keys", "create", "unused", "--json")).Succeeded().Json;
        (await Llm.RunAsync(server, environment, "keys", "revoke", (string)unused["id"]!)).Succeeded();
        Assert.Equal(Failure, (await Llm.RunAsync(server, "models", "list", "--api-key", (string)unused["secret"]!)).ExitCode);
        JsonArray keys = (await Llm.RunAsync(server, environment, "keys", "list", "--json")).Succeeded().Json.AsArray();
        Assert.All(keys, key => Assert.Equal((string?)key!["name"] == "unused", key["revoked_at"] is not null));
    }
}
