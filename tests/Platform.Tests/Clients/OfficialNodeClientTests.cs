using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using LlmPlatform.Contracts.Embedding.V1;
using LlmPlatform.Testing;

namespace LlmPlatform.Platform.Tests.Clients;

/// <summary>OpenAI's own client for Node against the running platform and real models, where Node and the client are installed.</summary>
public sealed class OfficialNodeClientTests(PlatformFixture platform)
{
    private const float Tolerance = 1e-5f;

    [Fact]
    public async Task It_lists_models_chats_embeds_and_understands_errors()
    {
        PlatformFixture.RequireModel(PlatformFixture.Chat);
        PlatformFixture.RequireModel(PlatformFixture.MiniLm);
        JsonNode told = JsonNode.Parse(await RunAsync("openai-client.mjs", new Uri(platform.Platform.Http, "/v1").ToString(), PlatformFixture.Chat, PlatformFixture.MiniLm))!;

        string[] models = [.. told["models"]!.AsArray().Select(model => (string)model!)];
        Assert.Contains(PlatformFixture.Chat, models);
        Assert.Contains(PlatformFixture.MiniLm, models);

        JsonNode chat = told["chat"]!;
        JsonNode usage = chat["usage"]!;
        int completion = (int)usage["completion_tokens"]!;
        Assert.Contains("Paris", (string?)chat["content"], StringComparison.Ordinal);
        Assert.Equal("assistant", (string?)chat["role"]);
        Assert.Equal(completion < 24 ? "stop" : "length", (string?)chat["finishReason"]);
        Assert.True((int)usage["prompt_tokens"]! > 0 && completion > 0);
        Assert.Equal((int)usage["prompt_tokens"]! + completion, (int)usage["total_tokens"]!);
        Assert.True((int)chat["chunks"]! > completion / 2);

        JsonNode embeddings = told["embeddings"]!;
        Assert.Equal(2, (int)embeddings["count"]!);
        Assert.Equal(384, (int)embeddings["dimensions"]!);
        EmbedResponse reference = await new Embedding.EmbeddingClient(platform.Grpc).EmbedAsync(new EmbedRequest
        {
            Model = PlatformFixture.MiniLm,
            Inputs = { new EmbedInput { Text = "A cat sits on the mat." } },
        });
        float[] first = [.. embeddings["first"]!.AsArray().Select(value => (float)value!)];
        Assert.Equal(8, first.Length);
        Assert.Equal(
            MemoryMarshal.Cast<byte, float>(reference.Embeddings[0].Values.Span)[..first.Length].ToArray(), first, (a, b) => Math.Abs(a - b) < Tolerance);
        Assert.True((int)embeddings["usage"]!["prompt_tokens"]! > reference.Usage.PromptTokens);

        Assert.Equal(404, (int)told["unknownModel"]!["status"]!);
        Assert.Equal("model_not_found", (string?)told["unknownModel"]!["code"]);
    }

    [Fact]
    public async Task It_makes_fills_searches_and_deletes_a_vector_store()
    {
        const string Text = "고양이가 소파에서 잔다. The cat sleeps on the sofa.";
        JsonNode told = JsonNode.Parse(await RunAsync("vector-stores.mjs", new Uri(platform.Platform.Http, "/v1").ToString(), "고양이.txt", Text, "소파에서 자는 고양이"))!;

        Assert.Equal(("vector_store", "from node, renamed"), ((string?)told["store"]!["object"], (string?)told["renamed"]));
        JsonNode added = told["added"]!;
        Assert.Equal(("completed", "고양이.txt"), ((string?)added["status"], (string?)added["filename"]));
        Assert.Equal(Text, ((string)told["content"]!).Trim());
        JsonNode batch = told["batch"]!;
        Assert.Equal("completed", (string?)batch["status"]);
        Assert.Equal("""{"in_progress":0,"completed":2,"failed":0,"cancelled":0,"total":2}""", batch["counts"]!.ToJsonString());
        Assert.Equal(["completed", "completed"], batch["files"]!.AsArray().Select(status => (string)status!));
        Assert.Equal((3, (string?)added["id"]), ((int)told["files"]!["count"]!, (string?)told["files"]!["first"]));

        // Of three files one has the attributes that the search asks for.
        JsonNode result = Assert.Single(told["results"]!.AsArray())!;
        Assert.Equal(((string?)added["id"], "고양이.txt"), ((string?)result["file_id"], (string?)result["filename"]));
        Assert.Contains("소파", (string?)result["text"], StringComparison.Ordinal);
        Assert.InRange((double)result["score"]!, double.Epsilon, 1);
        Assert.Equal((2024, "text"), ((int)result["attributes"]!["year"]!, (string?)result["attributes"]!["kind"]));

        Assert.Equal(3, (int)told["counts"]!["completed"]!);
        Assert.True((bool)told["listed"]!);
        Assert.True((bool)told["fileDeleted"]!["deleted"]! && (bool)told["deleted"]!["deleted"]!);
        Assert.Equal((404, "vector_store_not_found"), ((int)told["gone"]!["status"]!, (string?)told["gone"]!["code"]));
    }

    private static async Task<string> RunAsync(params string[] arguments)
    {
        string folder = Path.Combine(SharedData.RepositoryRoot, "tests", "Platform.Tests", "node");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "openai")))
        {
            Assert.Skip("the npm package openai is not installed in tests/Platform.Tests/node (npm ci)");
        }

        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(90));
        using Process node = new()
        {
            StartInfo = new ProcessStartInfo("node", arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        try
        {
            node.Start();
        }
        catch (Win32Exception exception)
        {
            Assert.Skip($"node cannot be started: {exception.Message}");
        }

        try
        {
            Task<string> errors = node.StandardError.ReadToEndAsync(limit.Token);
            string output = await node.StandardOutput.ReadToEndAsync(limit.Token);
            await node.WaitForExitAsync(limit.Token);
            Assert.True(node.ExitCode == 0, await errors);
            return output;
        }
        finally
        {
            if (!node.HasExited)
            {
                node.Kill();
            }
        }
    }
}
