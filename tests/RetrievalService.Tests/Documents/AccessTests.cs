using Grpc.Core;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.RetrievalService.Tests.Support;
using LlmPlatform.ServiceDefaults.Identity;
using RetrievalClient = LlmPlatform.Contracts.Retrieval.V1.Retrieval.RetrievalClient;

namespace LlmPlatform.RetrievalService.Tests.Documents;

/// <summary>What one may not read is not there, whichever way one asks.</summary>
public sealed class AccessTests
{
    [Fact]
    public async Task Documents_with_groups_are_for_their_members_and_administrators()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        RetrievalClient member = host.As("acme", "finance", "x\"y");
        RetrievalClient other = host.As("acme", "sales");
        RetrievalClient admin = host.As(new CallerIdentity { Tenant = "acme", Roles = [Roles.User, Roles.Admin] });
        Collection collection = await member.CreateAsync();
        Document secret = await member.SettledAsync(await member.IngestAsync(
            collection.Id, host.Backends.Files.Add("secret apple"), request => request.AllowedGroups.Add("finance")));
        Document open = await member.SettledAsync(await member.IngestAsync(collection.Id, host.Backends.Files.Add("open apple")));

        foreach (RetrievalClient reader in (RetrievalClient[])[member, admin])
        {
            Assert.Equal(2, (await reader.ListDocumentsAsync(new ListDocumentsRequest { CollectionId = collection.Id })).Documents.Count);
            Assert.Equal(2, (await reader.FindAsync(collection.Id, "apple")).Count);
            Assert.Equal("secret apple", await reader.TextAsync(secret));
        }

        Assert.Equal([open.Id], (await other.ListDocumentsAsync(new ListDocumentsRequest { CollectionId = collection.Id })).Documents.Select(document => document.Id));
        Assert.Equal(["open apple"], await other.FindAsync(collection.Id, "apple"));
        await Refusal.NotFoundAsync(() => other.GetAsync(secret));
        await Refusal.NotFoundAsync(() => other.TextAsync(secret));
        await Refusal.NotFoundAsync(async () => await other.DeleteDocumentAsync(new DeleteDocumentRequest { CollectionId = collection.Id, Id = secret.Id }));
        await Refusal.NotFoundAsync(async () => await other.UpdateDocumentAsync(new UpdateDocumentRequest { CollectionId = collection.Id, Id = secret.Id }));
        await Refusal.NotFoundAsync(async () => await other.CancelIngestAsync(new CancelIngestRequest { CollectionId = collection.Id, Id = secret.Id }));
        await Refusal.NotFoundAsync(async () => await other.RetryIngestAsync(new RetryIngestRequest { CollectionId = collection.Id, Id = secret.Id }));
        await Refusal.NotFoundAsync(() => other.IngestAsync(collection.Id, host.Backends.Files.Add("mine"), request => request.DocumentId = secret.Id));
    }

    [Fact]
    public async Task A_change_of_groups_holds_at_once_though_the_index_fails()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        RetrievalClient member = host.As("acme", "finance");
        RetrievalClient other = host.As("acme", "sales");
        Collection collection = await member.CreateAsync();
        Document document = await member.SettledAsync(await member.IngestAsync(collection.Id, host.Backends.Files.Add("one apple")));
        Assert.Single(await other.FindAsync(collection.Id, "apple"));
        int failures = 1;
        host.Index.Before = (operation, _) => operation == "access" && failures-- > 0 ? throw new IOException("the disk is away") : Task.CompletedTask;

        await member.UpdateDocumentAsync(new UpdateDocumentRequest { CollectionId = collection.Id, Id = document.Id, ReplaceAllowedGroups = true, AllowedGroups = { "finance" } });

        Assert.Empty(await other.FindAsync(collection.Id, "apple"));
        Assert.Single(await member.FindAsync(collection.Id, "apple"));
        await Eventually.TrueAsync(() => host.Index.Points(collection.Id)[0].AllowedGroups.Contains("finance"), "the index gets the groups later");
        Assert.Equal(1, (await member.GetAsync(document)).IndexedRevision);
        Assert.Single(host.Backends.Embedding.Texts);
    }

    [Fact]
    public async Task Attributes_that_change_during_the_work_are_those_of_the_new_points()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        RetrievalClient client = host.As("acme");
        Collection collection = await client.CreateAsync();
        host.Backends.Embedding.Close();
        Document document = await client.IngestAsync(collection.Id, host.Backends.Files.Add("one apple"));
        await client.StatusAsync(document, DocumentStatus.InProgress);
        await client.UpdateDocumentAsync(new UpdateDocumentRequest
        {
            CollectionId = collection.Id,
            Id = document.Id,
            ReplaceAttributes = true,
            Attributes = { ["n"] = new AttributeValue { NumberValue = 7 } },
        });
        host.Backends.Embedding.Open();

        Document settled = await client.SettledAsync(document);
        Assert.Equal(DocumentStatus.Completed, settled.Status);
        Assert.Equal(7, settled.Attributes["n"].NumberValue);
        Assert.Equal(7, host.Index.Points(collection.Id)[0].Attributes["n"].Number);
    }

    [Fact]
    public async Task Another_tenant_finds_nothing_and_the_platforms_collections_are_for_reading()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        RetrievalClient acme = host.As("acme");
        Collection collection = await acme.CreateAsync();
        Document document = await acme.SettledAsync(await acme.IngestAsync(collection.Id, host.Backends.Files.Add("one apple")));
        RetrievalClient rival = host.As(new CallerIdentity { Tenant = "rival", Roles = [Roles.User, Roles.Admin] });

        await Refusal.NotFoundAsync(() => rival.GetAsync(document));
        await Refusal.NotFoundAsync(() => rival.FindAsync(collection.Id, "apple"));
        await Refusal.NotFoundAsync(async () => await rival.GetCollectionAsync(new GetCollectionRequest { Id = collection.Id }));
        await Refusal.NotFoundAsync(async () => await rival.DeleteCollectionAsync(new DeleteCollectionRequest { Id = collection.Id }));
        await Refusal.NotFoundAsync(async () => await rival.UpdateCollectionAsync(new UpdateCollectionRequest { Id = collection.Id, Name = "mine" }));
        await Refusal.NotFoundAsync(async () => await rival.ReindexCollectionAsync(new ReindexCollectionRequest { Id = collection.Id }));
        Assert.Empty((await rival.ListCollectionsAsync(new ListCollectionsRequest())).Collections);
    }

    [Fact]
    public async Task The_platforms_documentation_is_indexed_at_the_start_for_all_to_read()
    {
        await using RetrievalHost host = await RetrievalHost.StartAsync();
        await host.StopServiceAsync();
        host.AddDocs("guide.md", "How to plant an apple.");
        host.AddDocs("old.md", "An old text about pears.");
        await host.StartServiceAsync();
        await Eventually.TrueAsync(async () => await FoundAsync("apple") && await FoundAsync("pears"), "the documentation is found");
        RetrievalClient client = host.As("acme");

        Assert.Equal("platform", (await client.GetCollectionAsync(new GetCollectionRequest { Id = "docs" })).Tenant);
        await Refusal.WithAsync(StatusCode.PermissionDenied, async () => await client.DeleteCollectionAsync(new DeleteCollectionRequest { Id = "docs" }));
        await Refusal.WithAsync(StatusCode.PermissionDenied, () => client.IngestAsync("docs", host.Backends.Files.Add("mine")));
        Document guide = (await client.ListDocumentsAsync(new ListDocumentsRequest { CollectionId = "docs", FileId = "docs/guide.md" })).Documents[0];
        await Refusal.WithAsync(StatusCode.PermissionDenied, async () => await client.DeleteDocumentAsync(new DeleteDocumentRequest { CollectionId = "docs", Id = guide.Id }));

        int reads = host.Reader.Reads;
        await host.StopServiceAsync();
        await host.StartServiceAsync();
        Assert.True(await FoundAsync("apple"));
        await Task.Delay(300);
        Assert.Equal(reads, host.Reader.Reads);

        async Task<bool> FoundAsync(string word)
        {
            try
            {
                return (await host.As("acme").FindAsync("docs", word, request => request.Mode = SearchMode.Keyword)).Count == 1;
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
            {
                return false;
            }
        }
    }
}
