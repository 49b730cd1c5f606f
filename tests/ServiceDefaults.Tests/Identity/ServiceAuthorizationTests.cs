using Grpc.Core;
using Grpc.Net.Client;
using LlmPlatform.Contracts.Internal.V1;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.ServiceDefaults.Identity;
using LlmPlatform.ServiceDefaults.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using IdentityClient = LlmPlatform.Contracts.Internal.V1.Identity.IdentityClient;
using ModelsClient = LlmPlatform.Contracts.Models.V1.Models.ModelsClient;
using RegistryClient = LlmPlatform.Contracts.Internal.V1.Registry.RegistryClient;

namespace LlmPlatform.ServiceDefaults.Tests.Identity;

/// <summary>A service's own port: who gets in with which token.</summary>
public sealed class ServiceAuthorizationTests : IAsyncLifetime
{
    private const string IdentityService = "llmplatform.internal.v1.Identity";

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private readonly FakeIdentity.Keys _keys = new();
    private TestHost _host = null!;
    private GrpcChannel _channel = null!;

    private InternalTokens Tokens => _host.Services.GetRequiredService<InternalTokens>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await TestHost.StartAsync(
            builder => builder.Services
                .AddSingleton<TimeProvider>(_clock)
                .AddSingleton(_keys)
                .AddSingleton<ScriptedModels.Script>(),
            app =>
            {
                app.MapGrpcService<ScriptedModels>().RequireAuthorization(Policies.Caller);
                app.MapGrpcService<FakeIdentity>().RequireAuthorization(Policies.Service);
            });
        _channel = _host.Channel();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_callers_token_gets_in_and_says_the_tenant()
    {
        ModelVersion answer = await GetAsync(Tokens.Mint(CallerIdentity.User("acme")));

        Assert.Equal("acme", answer.Tenant);
    }

    [Fact]
    public async Task No_token_is_UNAUTHENTICATED_as_a_gRPC_status()
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await new ModelsClient(_channel).GetAsync(new GetModelRequest(), cancellationToken: Ct));

        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
        Assert.Equal("a valid internal token is needed", error.Status.Detail);
    }

    [Fact]
    public async Task An_expired_token_is_UNAUTHENTICATED()
    {
        string token = Tokens.Mint(CallerIdentity.User("acme"));
        _clock.Advance(InternalTokens.CallerLifetime + InternalTokens.ClockSkew);

        Assert.Equal(StatusCode.Unauthenticated, await CodeAsync(() => GetAsync(token)));
    }

    [Fact]
    public async Task A_token_of_another_key_is_UNAUTHENTICATED()
    {
        InternalTokens forged = new(SigningKey.FromText(new string('x', 32)), _clock);

        Assert.Equal(StatusCode.Unauthenticated, await CodeAsync(() => GetAsync(forged.Mint(CallerIdentity.User("acme")))));
    }

    [Fact]
    public async Task A_service_token_is_no_caller() =>
        Assert.Equal(StatusCode.PermissionDenied, await CodeAsync(() => GetAsync(Tokens.MintForService(IdentityService))));

    [Fact]
    public async Task An_admin_is_no_service()
    {
        string admin = Tokens.Mint(new CallerIdentity { Tenant = "acme", Roles = [Roles.User, Roles.Admin] });

        Assert.Equal(StatusCode.PermissionDenied, await CodeAsync(() => ResolveAsync(admin)));
        Assert.Empty(_keys.Asked);
    }

    [Fact]
    public async Task A_service_token_is_good_for_the_service_it_names()
    {
        await ResolveAsync(Tokens.MintForService(IdentityService));

        Assert.Single(_keys.Asked);
    }

    [Theory]
    [InlineData("llmplatform.internal.v1.Registry")]
    [InlineData("llmplatform.internal.v1.Ident")]
    [InlineData("llmplatform.internal.v1")]
    public async Task A_service_token_is_good_for_no_other(string audience) =>
        Assert.Equal(StatusCode.PermissionDenied, await CodeAsync(() => ResolveAsync(Tokens.MintForService(audience + (audience.EndsWith("v1", StringComparison.Ordinal) ? "." : "")))));

    [Fact]
    public async Task A_service_that_is_not_here_is_UNIMPLEMENTED() => Assert.Equal(
        StatusCode.Unimplemented,
        await CodeAsync(async () => await new RegistryClient(_channel).GetRevisionAsync(new GetRevisionRequest(), Calls.Bearer(Tokens.Mint(CallerIdentity.User("acme"))), cancellationToken: Ct)));

    private static async Task<StatusCode> CodeAsync<T>(Func<Task<T>> call) => (await Assert.ThrowsAsync<RpcException>(call)).StatusCode;

    private async Task<ModelVersion> GetAsync(string token) =>
        await new ModelsClient(_channel).GetAsync(new GetModelRequest { Model = "chat" }, Calls.Bearer(token), cancellationToken: Ct);

    private async Task<ResolveKeyResponse> ResolveAsync(string token) =>
        await new IdentityClient(_channel).ResolveKeyAsync(new ResolveKeyRequest { Secret = "s" }, Calls.Bearer(token), cancellationToken: Ct);
}
