using System.Net;
using System.Net.Http.Headers;
using LlmPlatform.ServiceDefaults.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LlmPlatform.ServiceDefaults.Tests.Grpc;

public sealed class GrpcStreamLimitsTests
{
    private const int MoreThanTheWebServersLimit = 40_000_000;

    [Theory]
    [InlineData("application/grpc", HttpStatusCode.OK)]
    [InlineData("application/json", HttpStatusCode.RequestEntityTooLarge)]
    public async Task A_stream_of_gRPC_may_be_long_another_body_may_not(string contentType, HttpStatusCode expected)
    {
        await using TestHost host = await TestHost.StartAsync(map: app => app.MapPost("/forwarded", async (HttpContext context) =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            return Results.Ok();
        }));
        using HttpClient http = new();
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(host.GrpcAddress, "/forwarded"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(new byte[MoreThanTheWebServersLimit]) { Headers = { ContentType = new MediaTypeHeaderValue(contentType) } },
        };

        HttpResponseMessage answer = await http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(expected, answer.StatusCode);
    }
}
