using System.Net;
using LlmPlatform.Gateway.Tests.Fakes;

namespace LlmPlatform.Gateway.Tests.OpenAi;

[Collection(GatewayCollection.Name)]
public sealed class ModelTests(GatewayHost host)
{
    [Fact]
    public async Task The_list_holds_every_page()
    {
        Answer answer = await host.GetAsync("/v1/models");

        Assert.Equal(
            """{"object":"list","data":[{"id":"chat","object":"model","created":1700000000,"owned_by":"local","task":"text-generation"},{"id":"Org/With-Slash","object":"model","created":1700000000,"owned_by":"platform","task":"sentence-similarity"},{"id":"other","object":"model","created":1700000000,"owned_by":"local"}]}""",
            answer.Text);
    }

    [Theory]
    [InlineData("/v1/models/chat", "chat")]
    [InlineData("/v1/models/Org/With-Slash", "Org/With-Slash")]
    [InlineData("/v1/models/Org%2FWith-Slash", "Org/With-Slash")]
    [InlineData("/v1/models/chat@default", "chat@default")]
    public async Task A_model_is_found_by_its_name(string path, string id)
    {
        Answer answer = await host.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(id, (string?)answer.Json["id"]);
    }

    [Fact]
    public async Task An_unknown_model_is_404()
    {
        Answer answer = await host.GetAsync("/v1/models/nobody");

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Equal("model_not_found", answer.Code);
        Assert.Equal("model", answer.Param);
    }
}
