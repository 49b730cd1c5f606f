using Grpc.Core;
using LlmPlatform.Contracts.Internal.V1;
using LlmPlatform.ModelService.Data;
using LlmPlatform.ModelService.Rows;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.ModelService.Keys;

/// <summary>llmplatform.internal.v1.Identity: for the edge.</summary>
internal sealed class IdentityGrpc(IDbContextFactory<ModelDbContext> contexts) : Identity.IdentityBase
{
    public override async Task<ResolveKeyResponse> ResolveKey(ResolveKeyRequest request, ServerCallContext context)
    {
        await using ModelDbContext database = await contexts.CreateDbContextAsync(context.CancellationToken);
        if (request.Secret.Length == 0)
        {
            // A key that was revoked is no key any more: without any, this machine's user is let in again.
            bool keyNeeded = await database.ApiKeys.AnyAsync(key => key.RevokedAt == null, context.CancellationToken);
            return keyNeeded
                ? new ResolveKeyResponse()
                : new ResolveKeyResponse { Accepted = true, Tenant = Tenants.Local, Roles = { Roles.User, Roles.Admin } };
        }

        if (request.Secret.Length > ApiKeySecret.MaxLength)
        {
            return new ResolveKeyResponse();
        }

        string hash = ApiKeySecret.Hash(request.Secret);
        ApiKeyRow? row = await database.ApiKeys.AsNoTracking()
            .SingleOrDefaultAsync(key => key.SecretHash == hash && key.RevokedAt == null, context.CancellationToken);
        return row is null
            ? new ResolveKeyResponse()
            : new ResolveKeyResponse
            {
                Accepted = true,
                KeyId = row.Id,
                Tenant = row.Tenant,
                Roles = { row.Role == Roles.Admin ? [Roles.User, Roles.Admin] : [Roles.User] },
                Groups = { row.Groups },
            };
    }
}
