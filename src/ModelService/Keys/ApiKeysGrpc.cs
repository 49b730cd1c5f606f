using System.Data;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.ModelService.Blobs;
using LlmPlatform.ModelService.Data;
using LlmPlatform.ModelService.Rows;
using LlmPlatform.ServiceDefaults.Data;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace LlmPlatform.ModelService.Keys;

/// <summary>llmplatform.models.v1.ApiKeys. An admin of tenant <c>local</c> looks after the keys of every tenant, as it makes them.</summary>
internal sealed class ApiKeysGrpc(IDbContextFactory<ModelDbContext> contexts, TimeProvider clock) : ApiKeys.ApiKeysBase
{
    private const int MaxName = 100;
    private const int MaxId = 128;
    private const int MaxGroups = 32;
    private const int MaxGroupName = 64;

    public override async Task<CreateApiKeyResponse> Create(CreateApiKeyRequest request, ServerCallContext context)
    {
        CallerIdentity caller = context.GetCaller();
        string role = request.Role.Length > 0 ? request.Role : Roles.User;
        string tenant = request.Tenant.Length > 0 ? request.Tenant : caller.Tenant;
        new FieldValidation()
            .RequireText("name", request.Name, MaxName)
            .Require("role", role, role is Roles.User or Roles.Admin, $"{Roles.User} or {Roles.Admin}")
            .Require("tenant", tenant, Tenants.Name().IsMatch(tenant), "1 to 63 of a-z, 0-9 and -, not beginning with -")
            .Require("groups", request.Groups.Count, request.Groups.Count <= MaxGroups, $"at most {MaxGroups} groups")
            .Require("groups", null, request.Groups.All(group => group.Length is > 0 and <= MaxGroupName), $"names of 1 to {MaxGroupName} characters")
            .ThrowIfInvalid();
        if (tenant == Tenants.Platform || (tenant != caller.Tenant && caller.Tenant != Tenants.Local))
        {
            throw RpcErrors.PermissionDenied($"keys of tenant {tenant} cannot be made by tenant {caller.Tenant}");
        }

        string secret = ApiKeySecret.Generate();
        ApiKeyRow row = new()
        {
            Id = RowIds.New("key"),
            Tenant = tenant,
            Name = request.Name,
            Role = role,
            Groups = [.. request.Groups.Distinct()],
            Prefix = ApiKeySecret.ShownPrefix(secret),
            SecretHash = ApiKeySecret.Hash(secret),
            CreatedAt = clock.GetUtcNow().UtcDateTime,
        };
        await using ModelDbContext database = await contexts.CreateDbContextAsync(context.CancellationToken);
        await using IDbContextTransaction transaction = await database.Database.BeginTransactionAsync(IsolationLevel.Serializable, context.CancellationToken);
        await ApiKeyRules.RequireAdminFirstAsync(database, tenant, role, context.CancellationToken);
        database.ApiKeys.Add(row);
        await database.SaveChangesAsync(context.CancellationToken);
        await transaction.CommitAsync(context.CancellationToken);
        return new CreateApiKeyResponse { Key = Describe(row), Secret = secret };
    }

    public override async Task<ListApiKeysResponse> List(ListApiKeysRequest request, ServerCallContext context)
    {
        CallerIdentity caller = context.GetCaller();
        (int size, long before) = PageToken.Read(request.PageSize, request.PageToken);
        await using ModelDbContext database = await contexts.CreateDbContextAsync(context.CancellationToken);
        List<ApiKeyRow> rows = await database.ApiKeys.AsNoTracking()
            .Where(key => (key.Tenant == caller.Tenant || caller.Tenant == Tenants.Local) && key.Sequence < before)
            .OrderByDescending(key => key.Sequence)
            .Take(size + 1)
            .ToListAsync(context.CancellationToken);
        ListApiKeysResponse response = new() { Keys = { rows.Take(size).Select(Describe) } };
        if (rows.Count > size)
        {
            response.NextPageToken = PageToken.Encode(rows[size - 1].Sequence);
        }

        return response;
    }

    public override async Task<RevokeApiKeyResponse> Revoke(RevokeApiKeyRequest request, ServerCallContext context)
    {
        CallerIdentity caller = context.GetCaller();
        new FieldValidation().RequireText("id", request.Id, MaxId).ThrowIfInvalid();
        await using ModelDbContext database = await contexts.CreateDbContextAsync(context.CancellationToken);
        await using IDbContextTransaction transaction = await database.Database.BeginTransactionAsync(IsolationLevel.Serializable, context.CancellationToken);
        ApiKeyRow row = await database.ApiKeys.SingleOrDefaultAsync(
                key => (key.Tenant == caller.Tenant || caller.Tenant == Tenants.Local) && key.Id == request.Id, context.CancellationToken)
            ?? throw RpcErrors.NotFound("key", request.Id);
        if (row.RevokedAt is null)
        {
            await ApiKeyRules.RequireNotLastAdminAsync(database, row, context.CancellationToken);
            row.RevokedAt = clock.GetUtcNow().UtcDateTime;
            await database.SaveChangesAsync(context.CancellationToken);
            await transaction.CommitAsync(context.CancellationToken);
        }

        return new RevokeApiKeyResponse();
    }

    private static ApiKey Describe(ApiKeyRow row) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Tenant = row.Tenant,
        Role = row.Role,
        Groups = { row.Groups },
        CreatedAt = Timestamp.FromDateTime(row.CreatedAt),
        RevokedAt = row.RevokedAt is { } revoked ? Timestamp.FromDateTime(revoked) : null,
        Prefix = row.Prefix,
    };
}
