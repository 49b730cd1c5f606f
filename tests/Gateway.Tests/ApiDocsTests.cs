using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LlmPlatform.Gateway.Tests.Fakes;

namespace LlmPlatform.Gateway.Tests;

[Collection(GatewayCollection.Name)]
public sealed partial class ApiDocsTests(GatewayHost host)
{
    [Fact]
    public async Task The_document_describes_every_endpoint_with_its_types()
    {
        JsonNode document = (await host.GetAsync("/openapi/v1.json")).Json;

        string[] operations = [.. document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(operation => (string)operation.Value!["operationId"]!)).Order(StringComparer.Ordinal)];
        Assert.Equal(
            [
                "askVectorStore", "cancelFineTuningJob", "cancelVectorStoreFileBatch", "createChatCompletion", "createCompletion", "createEmbedding", "createFile", "createFineTuningJob", "createVectorStore",
                "createVectorStoreFile", "createVectorStoreFileBatch", "deleteFile", "deleteVectorStore", "deleteVectorStoreFile", "downloadFile", "getVectorStore",
                "getVectorStoreFile", "getVectorStoreFileBatch", "listFiles", "listFilesInVectorStoreBatch", "listFineTuningEvents", "listFineTuningJobCheckpoints", "listModels", "listPaginatedFineTuningJobs",
                "listVectorStoreFiles", "listVectorStores",
                "modifyVectorStore", "pauseFineTuningJob", "resumeFineTuningJob", "retrieveFile", "retrieveFineTuningJob", "retrieveModel", "retrieveVectorStoreFileContent", "searchVectorStore", "updateVectorStoreFileAttributes",
            ],
            operations);

        JsonNode schemas = document["components"]!["schemas"]!;
        JsonNode chat = schemas["ChatCompletionRequest"]!;
        Assert.Equal(["model", "messages"], chat["required"]!.AsArray().Select(name => (string)name!));
        Assert.Contains("temperature", chat["properties"]!.AsObject().Select(property => property.Key));
        Assert.Contains("0 picks the most likely token", (string)chat["properties"]!["temperature"]!["description"]!);
        Assert.Equal(2, chat["properties"]!["stop"]!["anyOf"]!.AsArray().Count);
        Assert.Equal(2, schemas["ChatMessage"]!["properties"]!["content"]!["anyOf"]!.AsArray().Count);
        Assert.Equal(4, schemas["EmbeddingInputs"]!["anyOf"]!.AsArray().Count);
        Assert.Equal("integer", schemas["CompletionUsage"]!["properties"]!["prompt_tokens"]!["type"]!.ToString());
        Assert.Equal("string", schemas["ChatCompletion"]!["properties"]!["object"]!["type"]!.ToString());
        Assert.Equal("bearer", (string?)document["components"]!["securitySchemes"]!["ApiKey"]!["scheme"]);
        JsonNode recipe = schemas["FineTuningRecipe"]!;
        Assert.Equal(Contracts.Training.V1.Recipe.Descriptor.Fields.InDeclarationOrder().Select(field => field.Name), recipe["properties"]!.AsObject().Select(field => field.Key));
        Assert.Equal("integer", (string?)recipe["properties"]!["lora"]!["properties"]!["r"]!["type"]);
        Assert.Equal(2, schemas["FineTuningHyperparameters"]!["properties"]!["n_epochs"]!["anyOf"]!.AsArray().Count);
        Assert.Equal(2, schemas["SearchQueries"]!["anyOf"]!.AsArray().Count);
        Assert.Equal(3, schemas["AttributeValues"]!["additionalProperties"]!["anyOf"]!.AsArray().Count);
        Assert.Contains("text/event-stream", document["paths"]!["/v1/vector_stores/{id}/ask"]!["post"]!["responses"]!["200"]!["content"]!.AsObject().Select(type => type.Key));
        JsonNode answers = document["paths"]!["/v1/chat/completions"]!["post"]!["responses"]!;
        Assert.Equal(["application/json", "text/event-stream"], answers["200"]!["content"]!.AsObject().Select(type => type.Key));
        Assert.EndsWith("/ErrorResponse", (string)answers["429"]!["content"]!["application/json"]!["schema"]!["$ref"]!);
    }

    [Fact]
    public async Task The_reference_page_loads_nothing_from_elsewhere()
    {
        Answer page = await host.GetAsync("/scalar");

        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.True(page.Text.Contains("openapi/v1.json", StringComparison.Ordinal), page.Text);
        Assert.DoesNotMatch(@"(src|href)=""(https?:)?//", page.Text);
        Assert.Contains("connect-src 'self'", page.Headers["content-security-policy"]);
        foreach (Match script in Script().Matches(page.Text))
        {
            Assert.Equal(HttpStatusCode.OK, (await host.GetAsync(new Uri(new Uri("http://x/scalar/"), script.Groups[1].Value).PathAndQuery)).Status);
        }
    }

    [GeneratedRegex(@"<script[^>]*\bsrc=""([^""]+)""")]
    private static partial Regex Script();
}
