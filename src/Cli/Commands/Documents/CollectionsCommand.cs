using System.CommandLine;
using System.Text.Json.Nodes;
using LlmPlatform.Cli.Connection;
using LlmPlatform.Cli.Output;
using LlmPlatform.Contracts.Retrieval.V1;
using RetrievalClient = LlmPlatform.Contracts.Retrieval.V1.Retrieval.RetrievalClient;

namespace LlmPlatform.Cli.Commands.Documents;

/// <summary><c>llm collections list|delete</c>.</summary>
internal static class CollectionsCommand
{
    private static readonly Argument<string> Name = new("name") { Description = "The collection's name or id." };

    public static Command Create()
    {
        Command list = new("list", "Show the collections.");
        list.SetPlatformAction(ListAsync);
        Command delete = new("delete", "Delete a collection with everything that was made of its documents.") { Name };
        delete.SetPlatformAction(DeleteAsync);
        return new Command("collections", "Look after collections of documents.") { list, delete };
    }

    /// <summary>What <c>--json</c> says of a collection.</summary>
    public static JsonObject Describe(Collection collection) => new()
    {
        ["id"] = collection.Id,
        ["name"] = collection.Name,
        ["tenant"] = collection.Tenant,
        ["embedding_model"] = collection.EmbeddingModel is { Length: > 0 } model ? model : null,
        ["dense_weight"] = collection.DenseWeight,
        ["chunks"] = collection.Chunks,
        ["documents"] = new JsonObject
        {
            ["in_progress"] = (collection.Documents?.Queued ?? 0) + (collection.Documents?.InProgress ?? 0),
            ["completed"] = collection.Documents?.Completed ?? 0,
            ["failed"] = collection.Documents?.Failed ?? 0,
            ["cancelled"] = collection.Documents?.Cancelled ?? 0,
            ["total"] = collection.Documents?.Total ?? 0,
        },
        ["created_at"] = collection.CreatedAt?.ToDateTime(),
    };

    private static async Task ListAsync(ParseResult parsed, PlatformConnection connection, CommandOutput output, CancellationToken cancellation)
    {
        List<Collection> collections = await CollectionLookup.ListAsync(new RetrievalClient(connection.Invoker), cancellation);
        if (output.IsJson)
        {
            output.Json(new JsonArray([.. collections.Select(collection => (JsonNode)Describe(collection))]));
            return;
        }

        output.Table(
            ["name", "id", "tenant", "documents", "failed", "chunks", "encoder"],
            collections.Select(collection => new[]
            {
                collection.Name, collection.Id, collection.Tenant, $"{collection.Documents?.Completed ?? 0} of {collection.Documents?.Total ?? 0}",
                $"{collection.Documents?.Failed ?? 0}", $"{collection.Chunks}", collection.EmbeddingModel is { Length: > 0 } model ? model : "(words only)",
            }));
    }

    private static async Task DeleteAsync(ParseResult parsed, PlatformConnection connection, CommandOutput output, CancellationToken cancellation)
    {
        string name = parsed.GetValue(Name)!;
        RetrievalClient client = new(connection.Invoker);
        Collection collection = await CollectionLookup.TryFindAsync(client, name, toChange: true, cancellation)
            ?? throw new CommandException($"name: there is no collection '{name}' of yours; llm collections list shows those there are");
        await client.DeleteCollectionAsync(new DeleteCollectionRequest { Id = collection.Id }, cancellationToken: cancellation);
        if (output.IsJson)
        {
            output.Json(new JsonObject { ["id"] = collection.Id, ["name"] = collection.Name, ["deleted"] = true });
        }
        else
        {
            output.Line($"deleted {collection.Name} ({collection.Id})");
        }
    }
}
