using System.Text.Json.Nodes;
using LlmPlatform.Gateway.Tests.Fakes;

namespace LlmPlatform.Gateway.Tests.OpenAi;

/// <summary>OpenAI's own client for Node against the gateway, where Node and the client are installed.</summary>
[Collection(GatewayCollection.Name)]
public sealed class NodeClientTests(GatewayHost host)
{
    [Fact]
    public async Task It_lists_models_chats_embeds_and_understands_errors()
    {
        JsonNode told = JsonNode.Parse(await Node.RunAsync("openai-client.mjs", new Uri(host.HttpAddress, "/v1").ToString(), "chat", "e5"))!;

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
        JsonNode told = JsonNode.Parse(await Node.RunAsync("vector-stores.mjs", new Uri(host.HttpAddress, "/v1").ToString(), "글.txt", "고양이가 잔다.", "cat"))!;

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

    [Fact]
    public async Task It_makes_follows_and_cancels_a_fine_tuning_job()
    {
        JsonNode told = JsonNode.Parse(await Node.RunAsync("fine-tuning.mjs", new Uri(host.HttpAddress, "/v1").ToString(), "chat", $"{FakeTraining.Running}"))!;

        Assert.Equal(("queued", "dpo", 4), ((string?)told["created"]!["status"], (string?)told["created"]!["method"]!["type"], (int)told["created"]!["hyperparameters"]!["batch_size"]!));
        Assert.Equal("running", (string?)told["running"]);
        Assert.Equal(8, told["events"]!.AsArray().Count);
        Assert.Equal(0.55, (double)told["events"]![2]!["data"]!["valid_loss"]!);
        Assert.Equal("[4,2]", told["steps"]!.ToJsonString());
        Assert.True((bool)told["listed"]!);
        Assert.Equal("""["paused","queued","cancelled"]""", told["statuses"]!.ToJsonString());
        Assert.Equal("""{"status":404,"code":"fine_tuning_job_not_found","type":"invalid_request_error"}""", told["gone"]!.ToJsonString());
    }
}
