using System.Net;
using Grpc.Core;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.TrainingService.Tests.Support;

/// <summary>The services that training calls, as fakes on a loopback port.</summary>
internal sealed class Backends : IAsyncDisposable
{
    /// <summary>What the fakes and the service under test sign tokens with.</summary>
    public const string SigningSecret = "only-for-this-test-0123456789-0123456789";

    private readonly WebApplication _app;

    private Backends()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc(options => options.MaxReceiveMessageSize = null);
        builder.Services.AddSingleton(Models).AddSingleton(Files).AddSingleton(new InternalTokens(SigningKey.FromText(SigningSecret), TimeProvider.System));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.Protocols = HttpProtocols.Http2));
        _app = builder.Build();
        _app.MapGrpcService<FakeModels>();
        _app.MapGrpcService<FakeRegistry>();
        _app.MapGrpcService<FakeFiles>();
    }

    public ModelsState Models { get; } = new();

    public FilesState Files { get; } = new();

    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    public static async Task<Backends> StartAsync()
    {
        Backends backends = new();
        await backends._app.StartAsync();
        return backends;
    }

    /// <summary>Whose token a call carries.</summary>
    public static async Task<string> TenantAsync(InternalTokens tokens, ServerCallContext context)
    {
        string bearer = context.RequestHeaders.GetValue("authorization") ?? throw new RpcException(new Status(StatusCode.Unauthenticated, "no token"));
        return (await tokens.ValidateAsync(bearer["Bearer ".Length..]))?.Tenant ?? throw new RpcException(new Status(StatusCode.Unauthenticated, "a wrong token"));
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
