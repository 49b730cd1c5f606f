using System.Collections.Concurrent;
using Grpc.Core;
using LlmPlatform.Contracts.Internal.V1;

namespace LlmPlatform.ServiceDefaults.Tests.Support;

/// <summary>Stands for ModelService's keys.</summary>
internal sealed class FakeIdentity(FakeIdentity.Keys keys) : Contracts.Internal.V1.Identity.IdentityBase
{
    public override Task<ResolveKeyResponse> ResolveKey(ResolveKeyRequest request, ServerCallContext context)
    {
        keys.Asked.Enqueue(request.Secret);
        if (keys.Down)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "down"));
        }

        ResolveKeyResponse answer = request.Secret.Length == 0
            ? new ResolveKeyResponse { Accepted = keys.Known.IsEmpty, Tenant = "local", Roles = { "user", "admin" } }
            : keys.Known.TryGetValue(request.Secret, out ResolveKeyResponse? known) ? known : new ResolveKeyResponse();
        return Task.FromResult(answer);
    }

    internal sealed class Keys
    {
        public ConcurrentDictionary<string, ResolveKeyResponse> Known { get; } = new();

        public ConcurrentQueue<string> Asked { get; } = new();

        public bool Down { get; set; }

        public void Add(string secret, string tenant, params string[] roles) =>
            Known[secret] = new ResolveKeyResponse { Accepted = true, KeyId = "key-1", Tenant = tenant, Roles = { roles } };
    }
}
