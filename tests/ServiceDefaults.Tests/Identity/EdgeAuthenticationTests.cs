using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Grpc.Core;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Grpc;
using LlmPlatform.ServiceDefaults.Identity;
using LlmPlatform.ServiceDefaults.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ModelsClient = LlmPlatform.Contracts.Models.V1.Models.ModelsClient;

namespace LlmPlatform.ServiceDefaults.Tests.Identity;

/// <summary>A gateway and the owner of the keys, each a process of its own on loopback.</summary>
public sealed class EdgeAuthenticationTests : IAsyncLifetime
{
    private readonly FakeIdentity.Keys _keys = new();
    private TestHost _models = null!;
    private TestHost _gateway = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _models = await TestHost.StartAsync(
            builder => builder.Services.AddSingleton(_keys).AddSingleton<ScriptedModels.Script>(),
            app =>
            {
                app.MapGrpcService<FakeIdentity>().RequireAuthorization(Policies.Service);
                app.MapGrpcService<ScriptedModels>().RequireAuthorization(Policies.Caller);
            },
            "models");
        _gateway = await StartGatewayAsync([]);
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _models.DisposeAsync();
    }

    [Fact]
    public async Task Without_any_key_loopback_is_tenant_local_all_the_way_to_the_services()
    {
        Assert.Equal("local", await (await SendAsync("/who")).Content.ReadAsStringAsync(Ct));
        Assert.Equal("local", await (await SendAsync("/forward")).Content.ReadAsStringAsync(Ct));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("/admin")).StatusCode);
    }

    [Theory]
    [InlineData("Authorization", "Bearer llm-good")]
    [InlineData("authorization", "bearer llm-good")]
    [InlineData("x-api-key", "llm-good")]
    public async Task A_key_says_the_tenant_all_the_way_to_the_services(string header, string value)
    {
        _keys.Add("llm-good", "acme", Roles.User);

        Assert.Equal("acme", await (await SendAsync("/who", (header, value))).Content.ReadAsStringAsync(Ct));
        Assert.Equal("acme", await (await SendAsync("/forward", (header, value))).Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task An_unknown_key_is_401_in_OpenAIs_shape()
    {
        HttpResponseMessage answer = await SendAsync("/who", ("Authorization", "Bearer llm-unknown"));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        JsonElement error = (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("error");
        Assert.Equal("the API key is not valid", error.GetProperty("message").GetString());
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        Assert.Equal("invalid_api_key", error.GetProperty("code").GetString());
        Assert.Equal(JsonValueKind.Null, error.GetProperty("param").ValueKind);
        Assert.DoesNotContain("llm-unknown", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keyless_ends_as_soon_as_a_key_exists()
    {
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("/who")).StatusCode);
        _keys.Add("llm-good", "acme", Roles.User);

        HttpResponseMessage answer = await SendAsync("/who");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("API keys exist", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_key_of_ours_counts_as_none()
    {
        // OpenAI's clients insist on sending something.
        Assert.Equal("local", await (await SendAsync("/who", ("Authorization", "Bearer unused"))).Content.ReadAsStringAsync(Ct));
        _keys.Add("llm-good", "acme", Roles.User);

        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync("/who", ("Authorization", "Bearer unused"))).StatusCode);
        Assert.DoesNotContain("unused", _keys.Asked);
    }

    [Theory]
    [InlineData("Host", "evil.example")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Forwarded", "for=127.0.0.1")]
    [InlineData("X-Forwarded-For", "127.0.0.1")]
    [InlineData("Via", "1.1 proxy")]
    public async Task Keyless_calls_that_may_speak_for_others_are_refused_and_with_a_key_they_are_not(string header, string value)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync("/who", (header, value))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync("/who", (header, value), ("Authorization", "Bearer unused"))).StatusCode);
        _keys.Add("llm-good", "acme", Roles.User);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("/who", (header, value), ("x-api-key", "llm-good"))).StatusCode);
    }

    [Fact]
    public async Task RequireKey_ends_keyless_calls_before_any_key_exists()
    {
        await using TestHost strict = await StartGatewayAsync(new() { ["Platform:RequireKey"] = "true" });
        using HttpClient http = strict.HttpClient();

        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/who", Ct)).StatusCode);
    }

    [Fact]
    public async Task A_user_is_no_admin()
    {
        _keys.Add("llm-good", "acme", Roles.User);

        HttpResponseMessage answer = await SendAsync("/admin", ("x-api-key", "llm-good"));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("permission_denied", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_with_the_role_service_alone_is_nobody()
    {
        _keys.Add("llm-good", "acme", Roles.Service);

        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync("/who", ("x-api-key", "llm-good"))).StatusCode);
    }

    [Fact]
    public async Task An_internal_token_is_no_key()
    {
        _keys.Add("llm-good", "acme", Roles.User);
        string token = _gateway.Services.GetRequiredService<InternalTokens>().Mint(CallerIdentity.User("acme"));

        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync("/who", ("Authorization", $"Bearer {token}"))).StatusCode);
    }

    [Fact]
    public async Task When_keys_cannot_be_resolved_the_answer_is_503_not_401()
    {
        _keys.Down = true;

        HttpResponseMessage answer = await SendAsync("/who", ("x-api-key", "llm-good"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await SendAsync("/who")).StatusCode);
    }

    [Fact]
    public async Task An_endless_key_is_refused_without_asking()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync("/who", ("x-api-key", "llm-" + new string('a', 1000)))).StatusCode);
        Assert.Empty(_keys.Asked);
    }

    [Fact]
    public async Task On_the_gRPC_port_a_refusal_is_UNAUTHENTICATED_and_an_outage_UNAVAILABLE_with_its_delay()
    {
        ModelsClient client = new(_gateway.Channel());
        GetModelRequest request = new() { Model = "chat" };
        Assert.Equal("local", (await client.GetAsync(request, cancellationToken: Ct)).Tenant);

        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () => await client.GetAsync(request, Calls.Bearer("llm-unknown"), cancellationToken: Ct));
        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
        Assert.Equal("the API key is not valid", refused.Status.Detail);

        _keys.Down = true;
        RpcException down = await Assert.ThrowsAsync<RpcException>(async () => await client.GetAsync(request, Calls.Bearer("llm-unknown"), cancellationToken: Ct));
        Assert.Equal(StatusCode.Unavailable, down.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), down.GetRetryDelay());
    }

    private async Task<HttpResponseMessage> SendAsync(string path, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _gateway.HttpClient().SendAsync(request, Ct);
    }

    private Task<TestHost> StartGatewayAsync(Dictionary<string, string?> settings)
    {
        settings["services:models:grpc:0"] = _models.GrpcAddress.ToString();
        return TestHost.StartAsync(
            builder =>
            {
                builder.AddEdgeAuthentication();
                builder.AddPlatformClient<ModelsClient>("models", "Get");
                builder.Services.AddSingleton<ScriptedModels.Script>();
            },
            app =>
            {
                app.MapGet("/who", (HttpContext context) => context.GetCaller().Tenant).RequireAuthorization(Policies.Edge);
                app.MapGet("/admin", () => "admin").RequireAuthorization(Policies.EdgeAdmin);
                app.MapGet("/forward", async (ModelsClient client) => (await client.GetAsync(new GetModelRequest { Model = "chat" })).Tenant)
                    .RequireAuthorization(Policies.Edge);
                app.MapGrpcService<ScriptedModels>().RequireAuthorization(Policies.Edge);
            },
            "gateway",
            settings);
    }
}
