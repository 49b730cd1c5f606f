using System.Security.Claims;
using System.Text;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LlmPlatform.ServiceDefaults.Tests.Identity;

public sealed class InternalTokensTests
{
    private const string KeyText = "0123456789abcdef0123456789abcdef";
    private const string IdentityService = "llmplatform.internal.v1.Identity";

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly InternalTokens _tokens;

    public InternalTokensTests() => _tokens = new InternalTokens(SigningKey.FromText(KeyText), _clock);

    [Fact]
    public async Task A_caller_comes_back_whole()
    {
        CallerIdentity caller = new() { Tenant = "acme", Roles = [Roles.User, Roles.Admin], Groups = ["staff", "legal"], KeyId = "k1" };

        CallerIdentity? back = await _tokens.ValidateAsync(_tokens.Mint(caller));

        Assert.NotNull(back);
        Assert.Equal("acme", back.Tenant);
        Assert.Equal([Roles.User, Roles.Admin], back.Roles);
        Assert.Equal(["staff", "legal"], back.Groups);
        Assert.Equal("k1", back.KeyId);
    }

    [Fact]
    public async Task A_caller_with_one_role_and_no_group_comes_back_whole()
    {
        CallerIdentity? back = await _tokens.ValidateAsync(_tokens.Mint(CallerIdentity.User("acme")));

        Assert.NotNull(back);
        Assert.Equal([Roles.User], back.Roles);
        Assert.Empty(back.Groups);
        Assert.Null(back.KeyId);
    }

    [Fact]
    public async Task A_callers_token_ends_after_five_minutes()
    {
        string token = _tokens.Mint(CallerIdentity.User("acme"));

        _clock.Advance(InternalTokens.CallerLifetime);
        Assert.NotNull(await _tokens.ValidateAsync(token));
        _clock.Advance(InternalTokens.ClockSkew);
        Assert.Null(await _tokens.ValidateAsync(token));
    }

    [Fact]
    public async Task A_service_token_ends_after_a_minute()
    {
        string token = _tokens.MintForService(IdentityService);

        Assert.Equal([Roles.Service], (await _tokens.ValidateAsync(token))!.Roles);
        _clock.Advance(TimeSpan.FromSeconds(60) + InternalTokens.ClockSkew);
        Assert.Null(await _tokens.ValidateAsync(token));
    }

    [Fact]
    public async Task A_token_from_the_future_is_refused()
    {
        string token = _tokens.Mint(CallerIdentity.User("acme"));

        InternalTokens behind = new(SigningKey.FromText(KeyText), new FakeTimeProvider(_clock.GetUtcNow() - TimeSpan.FromSeconds(6)));
        InternalTokens slightlyBehind = new(SigningKey.FromText(KeyText), new FakeTimeProvider(_clock.GetUtcNow() - TimeSpan.FromSeconds(4)));

        Assert.Null(await behind.ValidateAsync(token));
        Assert.NotNull(await slightlyBehind.ValidateAsync(token));
    }

    [Fact]
    public void No_callers_token_carries_the_role_service() =>
        Assert.Throws<ArgumentException>(() => _tokens.Mint(new CallerIdentity { Tenant = "acme", Roles = [Roles.User, Roles.Service] }));

    [Fact]
    public void A_service_token_names_an_internal_service() =>
        Assert.Throws<ArgumentException>(() => _tokens.MintForService("llmplatform.models.v1.Models"));

    public static TheoryData<string, string, string, int, string> BadTokens => new()
    {
        { "another issuer", "somebody", InternalTokens.CallerAudience, 60, Roles.User },
        { "another audience", InternalTokens.Issuer, "somebody", 60, Roles.User },
        { "role service for the callers' audience", InternalTokens.Issuer, InternalTokens.CallerAudience, 60, Roles.Service },
        { "role service that lives too long", InternalTokens.Issuer, IdentityService, 61, Roles.Service },
        { "role user for an internal audience", InternalTokens.Issuer, IdentityService, 60, Roles.User },
    };

    [Theory]
    [MemberData(nameof(BadTokens))]
    public async Task Tokens_that_break_a_rule_are_refused_though_signed(string rule, string issuer, string audience, int seconds, string role)
    {
        Assert.NotEmpty(rule);
        Assert.Null(await _tokens.ValidateAsync(Sign(KeyText, issuer, audience, seconds, role, "acme")));
    }

    [Fact]
    public async Task A_token_without_a_tenant_is_refused() =>
        Assert.Null(await _tokens.ValidateAsync(Sign(KeyText, InternalTokens.Issuer, InternalTokens.CallerAudience, 60, Roles.User, null)));

    [Fact]
    public async Task The_same_token_by_hand_is_accepted() =>
        Assert.NotNull(await _tokens.ValidateAsync(Sign(KeyText, InternalTokens.Issuer, InternalTokens.CallerAudience, 60, Roles.User, "acme")));

    [Fact]
    public async Task A_token_of_another_key_is_refused() =>
        Assert.Null(await _tokens.ValidateAsync(Sign(new string('x', 32), InternalTokens.Issuer, InternalTokens.CallerAudience, 60, Roles.User, "acme")));

    [Fact]
    public async Task An_unsigned_token_is_refused()
    {
        string[] parts = _tokens.Mint(CallerIdentity.User("acme")).Split('.');
        string none = Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""");

        Assert.Null(await _tokens.ValidateAsync($"{none}.{parts[1]}."));
        Assert.Null(await _tokens.ValidateAsync($"{parts[0]}.{parts[1]}."));
        Assert.Null(await _tokens.ValidateAsync("nonsense"));
        Assert.Null(await _tokens.ValidateAsync(""));
    }

    [Fact]
    public void A_short_signing_key_is_refused_and_not_shown()
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => SigningKey.FromText("hunter2"));

        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
        Assert.Contains(SigningKey.ConfigurationKey, error.Message, StringComparison.Ordinal);
    }

    private string Sign(string key, string issuer, string audience, int seconds, string role, string? tenant)
    {
        DateTime now = _clock.GetUtcNow().UtcDateTime;
        List<Claim> claims = [new("role", role)];
        if (tenant is not null)
        {
            claims.Add(new Claim("tenant", tenant));
        }

        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            IssuedAt = now,
            NotBefore = now,
            Expires = now.AddSeconds(seconds),
            Subject = new ClaimsIdentity(claims),
            SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(key)), SecurityAlgorithms.HmacSha256),
        });
    }
}
