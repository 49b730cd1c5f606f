using System.Net;
using System.Text;
using Grpc.Net.Client;
using LlmPlatform.ServiceDefaults.Hosting;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.Gateway.Tests.Fakes;

/// <summary>The gateway on ports of its own, in front of fake services that demand real internal tokens.</summary>
public sealed class GatewayHost : IAsyncLifetime
{
    private const string SigningKey = "a signing key for tests, at least 32 bytes";

    private WebApplication _services = null!;
    private WebApplication _gateway = null!;

    internal FakeCalls Calls { get; } = new();

    public HttpClient Http { get; private set; } = null!;

    public Uri HttpAddress => Http.BaseAddress!;

    public GrpcChannel Grpc { get; private set; } = null!;

    public Uri GrpcAddress { get; private set; } = null!;

    public Uri ServicesAddress { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _services = BuildServices();
        await _services.StartAsync();
        ServicesAddress = AddressesOf(_services)[0];
        _gateway = BuildGateway(ServicesAddress, Pipelines.Plain);
        await _gateway.StartAsync();
        Uri[] addresses = AddressesOf(_gateway);
        Http = new HttpClient { BaseAddress = addresses[0] };
        GrpcAddress = addresses[1];
        Grpc = GrpcChannel.ForAddress(GrpcAddress);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Grpc.Dispose();
        await _gateway.DisposeAsync();
        await _services.DisposeAsync();
    }

    /// <summary>Posts JSON and reads what comes back.</summary>
    internal async Task<Answer> PostAsync(string path, string json, HttpClient? client = null)
    {
        using StringContent content = new(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await (client ?? Http).PostAsync(path, content, TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }

    internal async Task<Answer> GetAsync(string path)
    {
        using HttpResponseMessage response = await Http.GetAsync(path, TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }

    internal async Task<Answer> DeleteAsync(string path)
    {
        using HttpResponseMessage response = await Http.DeleteAsync(path, TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }

    /// <summary>Uploads a text as a file and gives its id.</summary>
    internal async Task<string> UploadAsync(string filename, string text = "text")
    {
        using MultipartFormDataContent form = new() { { new StringContent("assistants"), "purpose" }, { new StringContent(text), "file", filename } };
        using HttpResponseMessage response = await Http.PostAsync("/v1/files", form, TestContext.Current.CancellationToken);
        return (string)(await Answer.ReadAsync(response)).Json["id"]!;
    }

    internal static WebApplication BuildGateway(Uri services, Action<WebApplication> pipeline, params (string Key, string Value)[] settings)
    {
        WebApplicationBuilder builder = Builder("gateway");
        foreach (string service in (ReadOnlySpan<string>)["tokenizer", "embedding", "generation", "models", "retrieval", "training"])
        {
            builder.Configuration[$"services:{service}:grpc:0"] = services.ToString();
        }

        builder.Configuration["Platform:HttpPort"] = "0";
        builder.Configuration["Platform:GrpcPort"] = "0";
        builder.Configuration["Gateway:MaxUploadBytes"] = $"{4 << 20}";
        foreach ((string key, string value) in settings)
        {
            builder.Configuration[key] = value;
        }

        builder.ListenOnPlatformPorts();
        builder.AddGateway();
        WebApplication app = builder.Build();
        pipeline(app);
        return app;
    }

    internal static Uri[] AddressesOf(WebApplication app) =>
        [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => new Uri(address))];

    private WebApplication BuildServices()
    {
        WebApplicationBuilder builder = Builder("services");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton(Calls);
        WebApplication app = builder.Build();
        app.UseServiceDefaults();
        app.MapDefaultEndpoints();
        app.MapGrpcService<FakeGeneration>().RequireAuthorization(Policies.Caller);
        app.MapGrpcService<FakeEmbedding>().RequireAuthorization(Policies.Caller);
        app.MapGrpcService<FakeModels>().RequireAuthorization(Policies.Caller);
        app.MapGrpcService<FakeFiles>().RequireAuthorization(Policies.Caller);
        app.MapGrpcService<FakeRetrieval>().RequireAuthorization(Policies.Caller);
        app.MapGrpcService<FakeTraining>().RequireAuthorization(Policies.Caller);
        app.MapGrpcService<FakeIdentity>().RequireAuthorization(Policies.Service);
        return app;
    }

    private static WebApplicationBuilder Builder(string name)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.Configuration["Platform:InternalSigningKey"] = SigningKey;
        builder.Configuration["Platform:DataFolder"] = Path.Combine(Path.GetTempPath(), $"gateway-tests-{Environment.ProcessId}");
        builder.AddServiceDefaults(name);
        return builder;
    }
}

/// <summary>One gateway for all tests, which run one after the other: they look at what the fakes were asked.</summary>
[CollectionDefinition(Name)]
public sealed class GatewayCollection : ICollectionFixture<GatewayHost>
{
    public const string Name = "gateway";
}
