using Grpc.Core;
using LlmPlatform.Contracts.Internal.V1;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.Extensions.Time.Testing;
using IdentityClient = LlmPlatform.Contracts.Internal.V1.Identity.IdentityClient;

namespace LlmPlatform.ServiceDefaults.Tests.Identity;

public sealed class KeyResolverTests
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly FakeClient _client = new();
    private readonly InternalTokens _tokens;
    private readonly KeyResolver _resolver;

    public KeyResolverTests()
    {
        _tokens = new InternalTokens(SigningKey.FromText(new string('k', 32)), _clock);
        _resolver = new KeyResolver(_client, _tokens, _clock);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_is_asked_for_once_in_thirty_seconds()
    {
        _client.Answer = Accepted("acme");
        CallerIdentity? first = await _resolver.ResolveAsync("llm-a", Ct);
        _clock.Advance(TimeSpan.FromSeconds(29.9));
        Assert.Equal("acme", (await _resolver.ResolveAsync("llm-a", Ct))!.Tenant);

        Assert.Equal("acme", first!.Tenant);
        Assert.Equal(["llm-a"], _client.Asked);
    }

    [Fact]
    public async Task A_revoked_key_works_at_most_thirty_seconds_more()
    {
        _client.Answer = Accepted("acme");
        await _resolver.ResolveAsync("llm-a", Ct);
        _client.Answer = new ResolveKeyResponse();
        _clock.Advance(KeyResolver.KeptFor);

        Assert.Null(await _resolver.ResolveAsync("llm-a", Ct));
    }

    [Fact]
    public async Task A_refusal_is_not_kept()
    {
        Assert.Null(await _resolver.ResolveAsync("llm-a", Ct));
        _client.Answer = Accepted("acme");

        Assert.NotNull(await _resolver.ResolveAsync("llm-a", Ct));
    }

    [Fact]
    public async Task The_first_key_ends_keyless_calls_at_once()
    {
        _client.Answer = Accepted("local");
        Assert.NotNull(await _resolver.ResolveKeylessAsync(Ct));
        _client.Answer = new ResolveKeyResponse();

        Assert.Null(await _resolver.ResolveKeylessAsync(Ct));
    }

    [Fact]
    public async Task No_key_carries_the_role_service()
    {
        _client.Answer = Accepted("acme");
        _client.Answer.Roles.Add(Roles.Service);

        Assert.Equal([Roles.User], (await _resolver.ResolveAsync("llm-a", Ct))!.Roles);
    }

    [Fact]
    public async Task It_asks_with_a_token_for_the_service_Identity()
    {
        await _resolver.ResolveAsync("llm-a", Ct);

        string token = _client.Headers!.GetValue("authorization")!["Bearer ".Length..];
        Assert.Equal([Roles.Service], (await _tokens.ValidateAsync(token))!.Roles);
    }

    [Fact]
    public async Task What_is_kept_is_bounded()
    {
        _client.Answer = Accepted("acme");
        for (int i = 0; i <= KeyResolver.MaxKept; i++)
        {
            await _resolver.ResolveAsync($"llm-{i}", Ct);
        }

        _client.Asked.Clear();
        await _resolver.ResolveAsync($"llm-{KeyResolver.MaxKept}", Ct);
        Assert.Empty(_client.Asked);
        await _resolver.ResolveAsync("llm-0", Ct);
        Assert.Equal(["llm-0"], _client.Asked);
    }

    private static ResolveKeyResponse Accepted(string tenant) => new() { Accepted = true, Tenant = tenant, KeyId = "k", Roles = { Roles.User } };

    private sealed class FakeClient : IdentityClient
    {
        public ResolveKeyResponse Answer { get; set; } = new();

        public List<string> Asked { get; } = [];

        public Metadata? Headers { get; private set; }

        public override AsyncUnaryCall<ResolveKeyResponse> ResolveKeyAsync(
            ResolveKeyRequest request, Metadata? headers = null, DateTime? deadline = null, CancellationToken cancellationToken = default)
        {
            Asked.Add(request.Secret);
            Headers = headers;
            return new AsyncUnaryCall<ResolveKeyResponse>(
                Task.FromResult(Answer.Clone()), Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });
        }
    }
}
