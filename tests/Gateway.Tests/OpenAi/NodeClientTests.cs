using System.Diagnostics;
using System.Text.Json.Nodes;
using LlmPlatform.Gateway.Tests.Fakes;
using LlmPlatform.Testing;

namespace LlmPlatform.Gateway.Tests.OpenAi;

/// <summary>OpenAI's own client for Node against the gateway, where Node and the client are installed.</summary>
[Collection(GatewayCollection.Name)]
public sealed class NodeClientTests(GatewayHost host)
{
    [Fact]
    public async Task It_lists_models_chats_embeds_and_understands_errors()
    {
        string folder = Path.Combine(SharedData.RepositoryRoot, "tests", "Platform.Tests", "node");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "openai")))
        {
            Assert.Skip("the npm package openai is not installed in tests/Platform.Tests/node (npm ci)");
        }

        JsonNode told = JsonNode.Parse(await RunAsync(folder, "openai-client.mjs", new Uri(host.HttpAddress, "/v1").ToString(), "chat", "e5"))!;

        Assert.Equal(["chat", "Org/With-Slash", "other"], told["models"]!.AsArray().Select(model => (string)model!));
        Assert.Equal(string.Concat(FakeGeneration.Pieces), (string?)told["chat"]!["content"]);
        Assert.Equal("assistant", (string?)told["chat"]!["role"]);
        Assert.Equal("stop", (string?)told["chat"]!["finishReason"]);
        Assert.Equal(17, (int)told["chat"]!["usage"]!["total_tokens"]!);
        Assert.Equal(3, (int)told["embeddings"]!["dimensions"]!);
        Assert.Equal([22f, 0.5f, -1.5e-7f], told["embeddings"]!["first"]!.AsArray().Select(value => (float)value!));
        Assert.Equal("""{"status":404,"code":"model_not_found","type":"invalid_request_error"}""", told["unknownModel"]!.ToJsonString());
    }

    private static async Task<string> RunAsync(string folder, params string[] arguments)
    {
        ProcessStartInfo start = new("node", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        Process node;
        try
        {
            node = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            Assert.Skip($"node cannot be started: {exception.Message}");
            throw;
        }

        using (node)
        {
            Task<string> errors = node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            string output = await node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await node.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(node.ExitCode == 0, await errors);
            return output;
        }
    }
}
