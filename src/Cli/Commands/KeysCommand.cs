using System.CommandLine;
using System.Text.Json.Nodes;
using LlmPlatform.Cli.Connection;
using LlmPlatform.Cli.Output;
using LlmPlatform.Contracts.Models.V1;

namespace LlmPlatform.Cli.Commands;

/// <summary><c>llm keys create|list|revoke</c>: API keys of the caller's tenant, for an admin of tenant local of every tenant.</summary>
internal static class KeysCommand
{
    private static readonly Argument<string> Name = new("name") { Description = "What the key is for." };
    private static readonly Argument<string> Id = new("id") { Description = "The key's id, as `llm keys list` shows it." };
    private static readonly Option<string> Role = new("--role") { Description = "user or admin.", DefaultValueFactory = _ => "user" };
    private static readonly Option<string?> Tenant = new("--tenant") { Description = "Tenant the key belongs to. Default: the caller's." };
    private static readonly Option<string[]> Groups = new("--group") { Description = "Group of the key's bearer; may be repeated." };

    public static Command Create()
    {
        Command create = new("create", "Make a key. Its secret is shown once. The first key ends access without a key.") { Name, Role, Tenant, Groups };
        create.SetPlatformAction(CreateAsync);
        Command list = new("list", "Show the keys.");
        list.SetPlatformAction(ListAsync);
        Command revoke = new("revoke", "End a key.") { Id };
        revoke.SetPlatformAction(RevokeAsync);
        return new Command("keys", "Look after API keys.") { create, list, revoke };
    }

    private static async Task CreateAsync(ParseResult parsed, PlatformConnection connection, CommandOutput output, CancellationToken cancellation)
    {
        CreateApiKeyRequest request = new()
        {
            Name = parsed.GetValue(Name),
            Role = parsed.GetValue(Role),
            Tenant = parsed.GetValue(Tenant) ?? "",
            Groups = { parsed.GetValue(Groups) ?? [] },
        };
        CreateApiKeyResponse response = await new ApiKeys.ApiKeysClient(connection.Invoker).CreateAsync(request, cancellationToken: cancellation);
        if (output.IsJson)
        {
            JsonObject document = Describe(response.Key);
            document["secret"] = response.Secret;
            output.Json(document);
            return;
        }

        output.Note($"key {response.Key.Id} of tenant {response.Key.Tenant}, role {response.Key.Role}. The secret is not shown again:");
        output.Line(response.Secret);
    }

    private static async Task ListAsync(ParseResult parsed, PlatformConnection connection, CommandOutput output, CancellationToken cancellation)
    {
        ApiKeys.ApiKeysClient client = new(connection.Invoker);
        List<ApiKey> keys = [];
        string page = "";
        do
        {
            ListApiKeysResponse response = await client.ListAsync(new ListApiKeysRequest { PageToken = page }, cancellationToken: cancellation);
            keys.AddRange(response.Keys);
            page = response.NextPageToken;
        }
        while (page.Length > 0);

        if (output.IsJson)
        {
            output.Json(new JsonArray([.. keys.Select(key => (JsonNode)Describe(key))]));
            return;
        }

        output.Table(
            ["id", "name", "tenant", "role", "begins with", "created", "revoked"],
            keys.Select(key => new[] { key.Id, key.Name, key.Tenant, key.Role, key.Prefix, $"{key.CreatedAt?.ToDateTime():u}", $"{key.RevokedAt?.ToDateTime():u}" }));
    }

    private static async Task RevokeAsync(ParseResult parsed, PlatformConnection connection, CommandOutput output, CancellationToken cancellation)
    {
        string id = parsed.GetValue(Id)!;
        await new ApiKeys.ApiKeysClient(connection.Invoker).RevokeAsync(new RevokeApiKeyRequest { Id = id }, cancellationToken: cancellation);
        if (output.IsJson)
        {
            output.Json(new JsonObject { ["id"] = id, ["revoked"] = true });
        }
        else
        {
            output.Line($"revoked {id}");
        }
    }

    private static JsonObject Describe(ApiKey key) => new()
    {
        ["id"] = key.Id,
        ["name"] = key.Name,
        ["tenant"] = key.Tenant,
        ["role"] = key.Role,
        ["groups"] = new JsonArray([.. key.Groups.Select(group => JsonValue.Create(group))]),
        ["prefix"] = key.Prefix,
        ["created_at"] = key.CreatedAt?.ToDateTime(),
        ["revoked_at"] = key.RevokedAt?.ToDateTime(),
    };
}
