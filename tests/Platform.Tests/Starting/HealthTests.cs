using System.Net;
using Grpc.Core;
using Grpc.Health.V1;

namespace LlmPlatform.Platform.Tests.Starting;

public sealed class HealthTests(PlatformFixture platform)
{
    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    [InlineData("/")]
    [InlineData("/openapi/v1.json")]
    public async Task Answers_at(string path)
    {
        using HttpResponseMessage response = await platform.Http.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Answers_over_grpc()
    {
        HealthCheckResponse response = await new Health.HealthClient(platform.Grpc).CheckAsync(new HealthCheckRequest());
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, response.Status);
    }

    [Fact]
    public async Task The_services_own_port_needs_an_internal_token()
    {
        using Grpc.Net.Client.GrpcChannel channel = Grpc.Net.Client.GrpcChannel.ForAddress(platform.Platform.InternalGrpc);
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () =>
            await new Contracts.Models.V1.Models.ModelsClient(channel).ListAsync(new Contracts.Models.V1.ListModelsRequest()));
        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
    }
}
