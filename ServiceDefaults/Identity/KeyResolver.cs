using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using LlmPlatform.Contracts.Internal.V1;

namespace LlmPlatform.ServiceDefaults.Identity;

/// <summary>Asks ModelService who a key is, and remembers for 30 s what it said.</summary>
internal sealed class KeyResolver(Contracts.Internal.V1.Identity.IdentityClient client, InternalTokens tokens, TimeProvider clock) : IKeyResolver
{
    public static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(30);
    public const int MaxKept = 10_000;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (CallerIdentity Caller, long Since)> _kept = [];
    private readonly Queue<(string Hash, long Since)> _order = new();

    public async Task<CallerIdentity?> ResolveAsync(string secret, CancellationToken cancellationToken)
    {
        // The secret itself is not kept in memory longer than the call.
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
        if (Find(hash) is { } known)
        {
            return known;
        }

        // The age counts from before the question: a key revoked while the answer travels is not kept longer for it.
        long since = clock.GetTimestamp();
        CallerIdentity? caller = await AskAsync(secret, cancellationToken);
        if (caller is not null)
        {
            Keep(hash, caller, since);
        }

        return caller;
    }

    public Task<CallerIdentity?> ResolveKeylessAsync(CancellationToken cancellationToken) => AskAsync("", cancellationToken);

    private async Task<CallerIdentity?> AskAsync(string secret, CancellationToken cancellationToken)
    {
        Metadata headers = new() { { CallerTokenInterceptor.Header, $"Bearer {tokens.MintForService(Contracts.Internal.V1.Identity.Descriptor.FullName)}" } };
        ResolveKeyResponse answer = await client.ResolveKeyAsync(
            new ResolveKeyRequest { Secret = secret }, headers, DateTime.UtcNow + Deadline, cancellationToken);
        if (!answer.Accepted)
        {
            return null;
        }

        // Whatever the owner of the keys says, no key is a service.
        return new CallerIdentity
        {
            Tenant = answer.Tenant,
            Roles = [.. answer.Roles.Where(role => role is Roles.User or Roles.Admin)],
            Groups = [.. answer.Groups],
            KeyId = answer.KeyId.Length > 0 ? answer.KeyId : null,
        };
    }

    private CallerIdentity? Find(string hash)
    {
        lock (_gate)
        {
            return _kept.TryGetValue(hash, out var entry) && clock.GetElapsedTime(entry.Since) < KeptFor ? entry.Caller : null;
        }
    }

    private void Keep(string hash, CallerIdentity caller, long since)
    {
        lock (_gate)
        {
            _kept[hash] = (caller, since);
            _order.Enqueue((hash, since));
            while (_order.TryPeek(out var oldest) && (_order.Count > MaxKept || clock.GetElapsedTime(oldest.Since) >= KeptFor))
            {
                _order.Dequeue();
                if (_kept.TryGetValue(oldest.Hash, out var entry) && entry.Since == oldest.Since)
                {
                    _kept.Remove(oldest.Hash);
                }
            }
        }
    }
}
