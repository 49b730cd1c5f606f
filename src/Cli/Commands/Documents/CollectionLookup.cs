using LlmPlatform.Cli.Connection;
using LlmPlatform.Contracts.Retrieval.V1;
using RetrievalClient = LlmPlatform.Contracts.Retrieval.V1.Retrieval.RetrievalClient;

namespace LlmPlatform.Cli.Commands.Documents;

/// <summary>Finds collections by the names that people give them.</summary>
internal static class CollectionLookup
{
    // The platform's own, which everybody may read and nobody changes.
    private const string PlatformTenant = "platform";
    private const int PageSize = 200;

    public static async Task<List<Collection>> ListAsync(RetrievalClient client, CancellationToken cancellation)
    {
        List<Collection> all = [];
        ListCollectionsRequest request = new() { PageSize = PageSize };
        do
        {
            ListCollectionsResponse page = await client.ListCollectionsAsync(request, cancellationToken: cancellation);
            all.AddRange(page.Collections);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return all;
    }

    /// <summary>The collection with that id or, when none has it, that name: the caller's before the platform's.</summary>
    /// <exception cref="CommandException">Several have the name.</exception>
    public static async Task<Collection?> TryFindAsync(RetrievalClient client, string name, bool toChange, CancellationToken cancellation)
    {
        List<Collection> all = await ListAsync(client, cancellation);
        if (all.Find(collection => collection.Id == name) is { } byId)
        {
            return byId;
        }

        Collection[] own = [.. all.Where(collection => collection.Name == name && collection.Tenant != PlatformTenant)];
        Collection[] found = own.Length > 0 || toChange ? own : [.. all.Where(collection => collection.Name == name)];
        return found.Length <= 1
            ? found.FirstOrDefault()
            : throw new CommandException($"--collection: {found.Length} collections are named '{name}': give an id instead: {string.Join(", ", found.Select(collection => collection.Id))}");
    }

    /// <exception cref="CommandException">There is none, or there are several.</exception>
    public static async Task<Collection> FindAsync(RetrievalClient client, string name, CancellationToken cancellation) =>
        await TryFindAsync(client, name, toChange: false, cancellation)
        ?? throw new CommandException($"--collection: there is no collection '{name}'; llm collections list shows those there are");
}
