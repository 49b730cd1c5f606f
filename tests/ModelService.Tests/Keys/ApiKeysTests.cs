using System.Text.RegularExpressions;
using Grpc.Core;
using LlmPlatform.Contracts.Internal.V1;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.ModelService.Data;
using LlmPlatform.ModelService.Rows;
using LlmPlatform.ModelService.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace LlmPlatform.ModelService.Tests.Keys;

public sealed partial class ApiKeysTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private ModelHost _host = null!;
    private Caller _local = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ModelHost.StartAsync(_folder.FullPath, clock: _clock);
        _local = _host.As("local");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_keys_secret_is_shown_once_and_stored_as_its_hash()
    {
        CreateApiKeyResponse created = await CreateAsync("first", "admin");
        Assert.Matches(SecretPattern(), created.Secret);
        Assert.StartsWith(created.Key.Prefix, created.Secret, StringComparison.Ordinal);
        Assert.True(created.Key.Prefix.Length <= 12);
        Assert.Equal(_clock.GetUtcNow(), created.Key.CreatedAt.ToDateTimeOffset());

        await using ModelDbContext database = await _host.DatabaseAsync();
        ApiKeyRow row = await database.ApiKeys.SingleAsync();
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(created.Secret))), row.SecretHash);
        Assert.Equal(created.Key, Assert.Single((await _local.Keys.ListAsync(new ListApiKeysRequest())).Keys));
        foreach (string path in Directory.EnumerateFiles(Path.Combine(_folder.FullPath, "models"), "models.db*"))
        {
            Assert.DoesNotContain(created.Secret, await ReadSharedAsync(path), StringComparison.Ordinal);
        }

        Assert.DoesNotContain(_host.Log.Lines, line => line.Contains(created.Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_secret_resolves_to_tenant_roles_and_groups_until_it_is_revoked()
    {
        CreateApiKeyResponse admin = await CreateAsync("admin", "admin");
        CreateApiKeyResponse user = await _local.Keys.CreateAsync(new CreateApiKeyRequest { Name = "user", Tenant = "b", Groups = { "hr", "it" } });
        ResolveKeyResponse asAdmin = await ResolveAsync(admin.Secret);
        Assert.Equal(("local", admin.Key.Id), (asAdmin.Tenant, asAdmin.KeyId));
        Assert.Equal(["user", "admin"], asAdmin.Roles);
        ResolveKeyResponse asUser = await ResolveAsync(user.Secret);
        Assert.Equal((true, "b"), (asUser.Accepted, asUser.Tenant));
        Assert.Equal(["user"], asUser.Roles);
        Assert.Equal(["hr", "it"], asUser.Groups);

        await _host.As("b").Keys.RevokeAsync(new RevokeApiKeyRequest { Id = user.Key.Id });
        Assert.Equal(new ResolveKeyResponse(), await ResolveAsync(user.Secret));
        Assert.NotNull(Assert.Single((await _host.As("b").Keys.ListAsync(new ListApiKeysRequest())).Keys).RevokedAt);
        foreach (string wrong in new[] { user.Secret + "x", admin.Secret[..^1], "llm-", new string('x', 100_000) })
        {
            Assert.Equal(new ResolveKeyResponse(), await ResolveAsync(wrong));
        }
    }

    [Fact]
    public async Task Callers_without_a_key_are_accepted_exactly_while_no_key_works()
    {
        ResolveKeyResponse keyless = await ResolveAsync("");
        Assert.Equal((true, "local"), (keyless.Accepted, keyless.Tenant));
        string id = (await CreateAsync("first", "admin")).Key.Id;
        Assert.False((await ResolveAsync("")).Accepted);
        await _local.Keys.RevokeAsync(new RevokeApiKeyRequest { Id = id });
        Assert.True((await ResolveAsync("")).Accepted);
    }

    [Fact]
    public async Task Nobody_locks_themselves_out()
    {
        await Refusal.WithAsync(StatusCode.FailedPrecondition, () => CreateAsync("first", "user"));
        string admin = (await CreateAsync("admin", "admin")).Key.Id;
        string user = (await CreateAsync("user", "user")).Key.Id;
        await Refusal.WithAsync(StatusCode.FailedPrecondition, () => RevokeAsync(admin));
        string second = (await CreateAsync("second", "admin")).Key.Id;
        await RevokeAsync(admin);
        await RevokeAsync(admin);
        await RevokeAsync(user);
        await RevokeAsync(second);
    }

    [Fact]
    public async Task Only_local_makes_keys_of_other_tenants_and_nobody_those_of_the_platform()
    {
        await CreateAsync("admin", "admin");
        Caller b = _host.As("b");
        await Refusal.WithAsync(StatusCode.PermissionDenied, async () => await b.Keys.CreateAsync(new CreateApiKeyRequest { Name = "x", Tenant = "local", Role = "admin" }));
        await Refusal.WithAsync(StatusCode.PermissionDenied, async () => await b.Keys.CreateAsync(new CreateApiKeyRequest { Name = "x", Tenant = "a" }));
        await Refusal.WithAsync(StatusCode.PermissionDenied, async () => await _local.Keys.CreateAsync(new CreateApiKeyRequest { Name = "x", Tenant = "platform" }));
        Assert.Equal("b", (await b.Keys.CreateAsync(new CreateApiKeyRequest { Name = "x" })).Key.Tenant);
        Assert.Equal("c", (await _local.Keys.CreateAsync(new CreateApiKeyRequest { Name = "x", Tenant = "c" })).Key.Tenant);
    }

    [Fact]
    public async Task Keys_need_the_role_admin_and_the_internal_services_the_role_service()
    {
        Caller user = _host.As("local", "user");
        await Refusal.WithAsync(StatusCode.PermissionDenied, async () => await user.Keys.ListAsync(new ListApiKeysRequest()));
        await Refusal.WithAsync(StatusCode.PermissionDenied, async () => await user.Keys.CreateAsync(new CreateApiKeyRequest { Name = "x" }));
        await Refusal.WithAsync(StatusCode.PermissionDenied, async () => await user.Keys.RevokeAsync(new RevokeApiKeyRequest { Id = "x" }));
        Identity.IdentityClient identity = new(_local.Invoker);
        await Refusal.WithAsync(StatusCode.PermissionDenied, async () => await identity.ResolveKeyAsync(new ResolveKeyRequest { Secret = "x" }));
        Contracts.Internal.V1.Registry.RegistryClient registry = new(_local.Invoker);
        await Refusal.WithAsync(StatusCode.PermissionDenied, async () => await registry.GetRevisionAsync(new GetRevisionRequest()));
    }

    [Fact]
    public async Task Keys_of_other_tenants_are_neither_seen_nor_revoked()
    {
        string id = (await CreateAsync("admin", "admin")).Key.Id;
        Caller b = _host.As("b");
        Assert.Empty((await b.Keys.ListAsync(new ListApiKeysRequest())).Keys);
        await Refusal.NotFoundAsync(async () => await b.Keys.RevokeAsync(new RevokeApiKeyRequest { Id = id }));
        await Refusal.NotFoundAsync(async () => await b.Keys.RevokeAsync(new RevokeApiKeyRequest { Id = "key-none" }));
        Assert.Null(Assert.Single((await _local.Keys.ListAsync(new ListApiKeysRequest())).Keys).RevokedAt);
    }

    [Fact]
    public async Task Local_sees_and_revokes_the_keys_it_made_for_other_tenants()
    {
        await CreateAsync("admin", "admin");
        CreateApiKeyResponse other = await _local.Keys.CreateAsync(new CreateApiKeyRequest { Name = "of b", Tenant = "b" });
        Assert.Contains(other.Key, (await _local.Keys.ListAsync(new ListApiKeysRequest())).Keys);
        await RevokeAsync(other.Key.Id);
        Assert.False((await ResolveAsync(other.Secret)).Accepted);
    }

    [Fact]
    public async Task Wrong_fields_are_named()
    {
        Task CreateWithAsync(CreateApiKeyRequest request) => _local.Keys.CreateAsync(request).ResponseAsync;
        await Refusal.OfFieldAsync("name", () => CreateWithAsync(new CreateApiKeyRequest { Role = "admin" }));
        await Refusal.OfFieldAsync("name", () => CreateWithAsync(new CreateApiKeyRequest { Name = new string('x', 101), Role = "admin" }));
        await Refusal.OfFieldAsync("role", () => CreateWithAsync(new CreateApiKeyRequest { Name = "x", Role = "service" }));
        await Refusal.OfFieldAsync("tenant", () => CreateWithAsync(new CreateApiKeyRequest { Name = "x", Tenant = "../x" }));
        await Refusal.OfFieldAsync("groups", () => CreateWithAsync(new CreateApiKeyRequest { Name = "x", Role = "admin", Groups = { "" } }));
        await Refusal.OfFieldAsync("id", () => RevokeAsync(""));
        await Refusal.OfFieldAsync("page_size", async () => await _local.Keys.ListAsync(new ListApiKeysRequest { PageSize = -1 }));
    }

    [Fact]
    public async Task Keys_come_in_pages()
    {
        List<string> made = [];
        for (int i = 0; i < 5; i++)
        {
            made.Add((await CreateAsync($"key {i}", "admin")).Key.Id);
        }

        ListApiKeysResponse first = await _local.Keys.ListAsync(new ListApiKeysRequest { PageSize = 3 });
        ListApiKeysResponse second = await _local.Keys.ListAsync(new ListApiKeysRequest { PageSize = 3, PageToken = first.NextPageToken });
        Assert.Equal(Enumerable.Reverse(made), first.Keys.Concat(second.Keys).Select(key => key.Id));
        Assert.Empty(second.NextPageToken);
    }

    [GeneratedRegex("^llm-[A-Za-z0-9_-]{43}$")]
    private static partial Regex SecretPattern();

    private static async Task<string> ReadSharedAsync(string path)
    {
        await using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using StreamReader reader = new(stream, System.Text.Encoding.Latin1);
        return await reader.ReadToEndAsync();
    }

    private async Task<CreateApiKeyResponse> CreateAsync(string name, string role) => await _local.Keys.CreateAsync(new CreateApiKeyRequest { Name = name, Role = role });

    private async Task RevokeAsync(string id) => await _local.Keys.RevokeAsync(new RevokeApiKeyRequest { Id = id });

    private async Task<ResolveKeyResponse> ResolveAsync(string secret) => await _host.Identity().ResolveKeyAsync(new ResolveKeyRequest { Secret = secret });
}
