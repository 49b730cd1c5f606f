using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Grpc.Reflection.V1Alpha;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.Contracts.Generation.V1;
using LlmPlatform.Contracts.Internal.V1;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Gateway.Forwarding;
using LlmPlatform.Gateway.Tests.Fakes;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Identity;
using EmbeddingV1 = LlmPlatform.Contracts.Embedding.V1;
using ReflectionV1 = Grpc.Reflection.V1;

namespace LlmPlatform.Gateway.Tests.Forwarding;

[Collection(GatewayCollection.Name)]
public sealed class ForwardingTests(GatewayHost host)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_unary_call_arrives_as_the_caller()
    {
        Generation.GenerationClient client = new(host.Grpc);

        GetStatusResponse local = await client.GetStatusAsync(new GetStatusRequest(), cancellationToken: Cancellation);
        GetStatusResponse keyed = await client.GetStatusAsync(
            new GetStatusRequest(), new Metadata { { "authorization", $"Bearer {FakeIdentity.Secret}" } }, cancellationToken: Cancellation);

        Assert.Equal("local", local.Processor);
        Assert.Equal(FakeIdentity.Tenant, keyed.Processor);
    }

    [Fact]
    public async Task A_server_stream_arrives_part_by_part()
    {
        host.Calls.Callers.Clear();
        using AsyncServerStreamingCall<ChatResponse> call = new Generation.GenerationClient(host.Grpc).Chat(new ChatRequest { Model = "chat" }, cancellationToken: Cancellation);
        List<ChatResponse> parts = await call.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation);

        Assert.Equal(string.Concat(FakeGeneration.Pieces), string.Concat(parts.Select(part => part.Content)));
        Assert.Equal(5, parts[^1].Usage.CompletionTokens);
        Assert.Equal("local", Assert.Single(host.Calls.Callers).Tenant);
    }

    [Fact]
    public async Task Cancelling_a_server_stream_cancels_it_at_the_service()
    {
        while (host.Calls.Cancelled.Wait(0, Cancellation))
        {
            // Permits of other tests.
        }

        using (AsyncServerStreamingCall<ChatResponse> call = new Generation.GenerationClient(host.Grpc).Chat(new ChatRequest { Model = "endless" }, cancellationToken: Cancellation))
        {
            Assert.True(await call.ResponseStream.MoveNext(Cancellation));
        }

        Assert.True(await host.Calls.Cancelled.WaitAsync(TimeSpan.FromSeconds(5), Cancellation));
    }

    [Fact]
    public async Task A_client_stream_larger_than_any_body_limit_arrives_whole()
    {
        const int Chunks = 40;
        byte[] chunk = new byte[1 << 20];
        using AsyncClientStreamingCall<UploadRequest, Contracts.Files.V1.File> call = new Files.FilesClient(host.Grpc).Upload(cancellationToken: Cancellation);
        await call.RequestStream.WriteAsync(new UploadRequest { Header = new UploadHeader { Filename = "big", Purpose = "model" } }, Cancellation);
        for (int i = 0; i < Chunks; i++)
        {
            await call.RequestStream.WriteAsync(new UploadRequest { Chunk = UnsafeByteOperations.UnsafeWrap(chunk) }, Cancellation);
        }

        await call.RequestStream.CompleteAsync();
        Assert.Equal(Chunks << 20, (await call.ResponseAsync).Size);
        FakeFiles.Clear();
    }

    [Fact]
    public async Task A_duplex_stream_answers_as_it_goes()
    {
        host.Calls.Headers.Clear();
        Metadata headers = new() { { "authorization", "Bearer something" }, { "x-api-key", FakeIdentity.Secret }, { "cookie", "a=b" }, { "custom", "kept" } };
        headers.Remove(headers.Get("authorization")!);
        using AsyncDuplexStreamingCall<EmbeddingV1.EmbedStreamRequest, EmbeddingV1.EmbedStreamResponse> call =
            new EmbeddingV1.Embedding.EmbeddingClient(host.Grpc).EmbedStream(headers, cancellationToken: Cancellation);
        for (int i = 0; i < 3; i++)
        {
            await call.RequestStream.WriteAsync(
                new EmbeddingV1.EmbedStreamRequest { Model = "e5", Options = new EmbeddingV1.EmbedOptions(), Inputs = { new EmbeddingV1.EmbedInput { Text = "a" } } }, Cancellation);
            Assert.True(await call.ResponseStream.MoveNext(Cancellation));
            Assert.Equal(i, call.ResponseStream.Current.FirstIndex);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(Cancellation));
        Metadata seen = Assert.Single(host.Calls.Headers);
        Assert.Null(seen.Get("x-api-key"));
        Assert.Null(seen.Get("cookie"));
        Assert.Equal("kept", seen.GetValue("custom"));
        Assert.StartsWith("Bearer ey", seen.GetValue("authorization"));
        Assert.DoesNotContain(FakeIdentity.Secret, seen.GetValue("authorization"));
    }

    [Fact]
    public async Task An_error_comes_back_with_its_details()
    {
        using AsyncServerStreamingCall<ChatResponse> call = new Generation.GenerationClient(host.Grpc).Chat(new ChatRequest { Model = "busy" }, cancellationToken: Cancellation);
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(Cancellation));

        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(2.3), error.GetRetryDelay());
    }

    [Fact]
    public async Task Internal_services_are_not_forwarded()
    {
        // They are there, behind the edge.
        using GrpcChannel behind = GrpcChannel.ForAddress(host.ServicesAddress);
        RpcException there = await Assert.ThrowsAsync<RpcException>(async () => await new Contracts.Internal.V1.Identity.IdentityClient(behind).ResolveKeyAsync(new ResolveKeyRequest(), cancellationToken: Cancellation));
        Assert.Equal(StatusCode.Unauthenticated, there.StatusCode);

        RpcException identity = await Assert.ThrowsAsync<RpcException>(async () => await new Contracts.Internal.V1.Identity.IdentityClient(host.Grpc).ResolveKeyAsync(new ResolveKeyRequest(), cancellationToken: Cancellation));
        RpcException registry = await Assert.ThrowsAsync<RpcException>(async () => await new Registry.RegistryClient(host.Grpc).GetRevisionAsync(new GetRevisionRequest(), cancellationToken: Cancellation));
        Assert.Equal(StatusCode.Unimplemented, identity.StatusCode);
        Assert.Equal(StatusCode.Unimplemented, registry.StatusCode);
    }

    [Theory]
    [InlineData("/llmplatform.nowhere.v1.Nothing/Do")]
    [InlineData("/llmplatform.internal.v1.Identity/ResolveKey")]
    [InlineData("/LLMPLATFORM.INTERNAL.V1.IDENTITY/ResolveKey")]
    [InlineData("/llmplatform.models.v1.Models/../../llmplatform.internal.v1.Identity/ResolveKey")]
    [InlineData("/llmplatform.models.v1.Models/%2e%2e%2fllmplatform.internal.v1.Identity%2fResolveKey")]
    public async Task No_spelling_of_an_address_reaches_an_internal_service(string path)
    {
        using HttpClient client = new();
        using HttpRequestMessage request = new(HttpMethod.Post, host.GrpcAddress.ToString().TrimEnd('/') + path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([0, 0, 0, 0, 0]),
        };
        request.Content.Headers.ContentType = new("application/grpc");
        using HttpResponseMessage response = await client.SendAsync(request, Cancellation);
        await response.Content.ReadAsByteArrayAsync(Cancellation);

        string? status = response.Headers.TryGetValues("grpc-status", out IEnumerable<string>? values)
            || response.TrailingHeaders.TryGetValues("grpc-status", out values) ? values.Single() : null;
        Assert.Equal(((int)StatusCode.Unimplemented).ToString(), status);
    }

    [Fact]
    public async Task A_bad_key_is_unauthenticated()
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await new Models.ModelsClient(host.Grpc)
            .ListAsync(new ListModelsRequest(), new Metadata { { "authorization", "Bearer llm-wrong" } }, cancellationToken: Cancellation));

        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
    }

    [Fact]
    public async Task A_service_that_is_not_there_is_unavailable()
    {
        await using var app = GatewayHost.BuildGateway(new Uri("http://127.0.0.1:1"), Pipelines.Plain);
        await app.StartAsync(Cancellation);
        using GrpcChannel channel = GrpcChannel.ForAddress(GatewayHost.AddressesOf(app)[1]);

        // Not even who calls can be found out.
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await new Models.ModelsClient(channel).ListAsync(new ListModelsRequest(), cancellationToken: Cancellation));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
    }

    [Fact]
    public async Task A_destination_that_is_not_there_is_unavailable()
    {
        await using var app = GatewayHost.BuildGateway(host.ServicesAddress, Pipelines.Plain, ("services:generation:grpc:0", "http://127.0.0.1:1"));
        await app.StartAsync(Cancellation);
        using GrpcChannel channel = GrpcChannel.ForAddress(GatewayHost.AddressesOf(app)[1]);

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await new Generation.GenerationClient(channel).GetStatusAsync(new GetStatusRequest(), cancellationToken: Cancellation));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.Contains("generation", error.Status.Detail);
    }

    [Fact]
    public async Task Http1_is_told_what_is_needed()
    {
        using ByteArrayContent content = new([]);
        content.Headers.ContentType = new("application/grpc");
        using HttpResponseMessage response = await host.Http.PostAsync("/llmplatform.models.v1.Models/List", content, Cancellation);

        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
    }

    [Fact]
    public async Task Reflection_tells_of_public_services_alone_in_both_versions()
    {
        string[] expected = [.. PublicServices.All.Select(service => service.Descriptor.FullName).Append("grpc.health.v1.Health").Order(StringComparer.Ordinal)];

        using var alpha = new ServerReflection.ServerReflectionClient(host.Grpc).ServerReflectionInfo(cancellationToken: Cancellation);
        await alpha.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" }, Cancellation);
        Assert.True(await alpha.ResponseStream.MoveNext(Cancellation));
        Assert.Equal(expected, alpha.ResponseStream.Current.ListServicesResponse.Service.Select(service => service.Name).Order(StringComparer.Ordinal));

        using var v1 = new ReflectionV1.ServerReflection.ServerReflectionClient(host.Grpc).ServerReflectionInfo(cancellationToken: Cancellation);
        await v1.RequestStream.WriteAsync(new ReflectionV1.ServerReflectionRequest { ListServices = "" }, Cancellation);
        Assert.True(await v1.ResponseStream.MoveNext(Cancellation));
        Assert.Equal(expected, v1.ResponseStream.Current.ListServicesResponse.Service.Select(service => service.Name).Order(StringComparer.Ordinal));
        await v1.RequestStream.WriteAsync(new ReflectionV1.ServerReflectionRequest { FileContainingSymbol = "llmplatform.internal.v1.Identity" }, Cancellation);
        Assert.True(await v1.ResponseStream.MoveNext(Cancellation));
        Assert.NotNull(v1.ResponseStream.Current.ErrorResponse);
    }

    [Fact]
    public async Task Health_answers_without_a_key()
    {
        HealthCheckResponse answer = await new Health.HealthClient(host.Grpc).CheckAsync(new HealthCheckRequest(), cancellationToken: Cancellation);

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, answer.Status);
    }

    [Fact]
    public void Every_public_contract_is_forwarded_and_no_internal_one()
    {
        string[] contracts = [.. typeof(Models).Assembly.GetTypes()
            .Select(type => type.GetProperty("Descriptor")?.GetValue(null) as Google.Protobuf.Reflection.ServiceDescriptor)
            .OfType<Google.Protobuf.Reflection.ServiceDescriptor>()
            .Select(service => service.FullName)
            .Where(name => !name.StartsWith("llmplatform.internal.", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

        Assert.NotEmpty(contracts);
        Assert.Equal(contracts, PublicServices.All.Select(service => service.Descriptor.FullName).Order(StringComparer.Ordinal));
    }
}
