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
        JsonNode told = JsonNode.Parse(await RunAsync("openai-client.mjs", new Uri(host.HttpAddress, "/v1").ToString(), "chat", "e5"))!;

        Assert.Equal(["chat", "Org/With-Slash", "other"], told["models"]!.AsArray().Select(model => (string)model!));
        Assert.Equal(string.Concat(FakeGeneration.Pieces), (string?)told["chat"]!["content"]);
        Assert.Equal("assistant", (string?)told["chat"]!["role"]);
        Assert.Equal("stop", (string?)told["chat"]!["finishReason"]);
        Assert.Equal(17, (int)told["chat"]!["usage"]!["total_tokens"]!);
        Assert.Equal(3, (int)told["embeddings"]!["dimensions"]!);
        Assert.Equal([22f, 0.5f, -1.5e-7f], told["embeddings"]!["first"]!.AsArray().Select(value => (float)value!));
        Assert.Equal("""{"status":404,"code":"model_not_found","type":"invalid_request_error"}""", told["unknownModel"]!.ToJsonString());
    }

    [Fact]
    public async Task It_makes_fills_searches_and_deletes_a_vector_store()
    {
        JsonNode told = JsonNode.Parse(await RunAsync("vector-stores.mjs", new Uri(host.HttpAddress, "/v1").ToString(), "글.txt", "고양이가 잔다.", "cat"))!;

        Assert.Equal("from node, renamed", (string?)told["renamed"]);
        Assert.Equal(("completed", "vector_store.file"), ((string?)told["added"]!["status"], (string?)told["added"]!["object"]));
        Assert.Equal("""{"kind":"text","year":2024}""", told["attributes"]!.ToJsonString());
        Assert.EndsWith("둘.", (string?)told["content"], StringComparison.Ordinal);
        Assert.Equal("completed", (string?)told["batch"]!["status"]);
        Assert.Equal(2, told["batch"]!["files"]!.AsArray().Count);
        Assert.Equal((3, (string?)told["added"]!["id"]), ((int)told["files"]!["count"]!, (string?)told["files"]!["first"]));
        Assert.Equal(2, told["results"]!.AsArray().Count);
        Assert.Equal("a.pdf", (string?)told["results"]![0]!["filename"]);
        Assert.Equal(3, (int)told["counts"]!["completed"]!);
        Assert.True((bool)told["listed"]!);
        Assert.Equal(("vector_store.file.deleted", "vector_store.deleted"), ((string?)told["fileDeleted"]!["object"], (string?)told["deleted"]!["object"]));
        Assert.Equal("""{"status":404,"code":"vector_store_not_found","type":"invalid_request_error"}""", told["gone"]!.ToJsonString());
    }

    private static async Task<string> RunAsync(params string[] arguments)
    {
        string folder = Path.Combine(SharedData.RepositoryRoot, "tests", "Platform.Tests", "node");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "openai")))
        {
            Assert.Skip("the npm package openai is not installed in tests/Platform.Tests/node (npm ci)");
        }

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
