using LlmPlatform.Retrieval.Chunking;
using LlmPlatform.Retrieval.Filters;
using LlmPlatform.Retrieval.Index;
using LlmPlatform.RetrievalService.Documents;
using LlmPlatform.RetrievalService.Ingest;
using LlmPlatform.RetrievalService.Models;
using LlmPlatform.RetrievalService.Rows;

namespace LlmPlatform.RetrievalService.Reindexing;

/// <summary>
/// Builds the vectors of another encoder beside those that are searched: pass after pass copies the documents that the
/// new index collection lacks, until a look at the rows finds none. Nothing is lost when it is interrupted: the next
/// start goes on with what is there.
/// </summary>
internal sealed class CollectionReindex(
    ReindexRows rows, IngestRows documents, IChunkIndex index, VectorSource vectors, TokenCounters counters, VersionHolds holds)
{
    private const int BatchPoints = 64;

    // A pass finds what was ingested during the one before; this many in a row mean that points are missing.
    private const int MaxPasses = 100;

    /// <summary>Works until the collection is switched. False: the lease was lost.</summary>
    public async Task<bool> RunAsync(ClaimedCollection claimed, CancellationToken cancellationToken)
    {
        CollectionRow collection = claimed.Row;
        Encoder encoder = collection.NextEncoder!;
        await holds.HoldNextAsync(collection.Tenant, collection.Id, encoder, cancellationToken);
        await index.CreateAsync(claimed.Target, encoder.Dimensions, cancellationToken);
        Dictionary<string, long> built = await BuiltAsync(claimed, cancellationToken);
        for (int pass = 0; pass < MaxPasses; pass++)
        {
            List<IndexedDocument> wanted = await rows.DocumentsAsync(collection.Id, cancellationToken);
            long done = wanted.Count(document => built.GetValueOrDefault(document.Id) == document.Revision);
            foreach (IndexedDocument document in wanted.Where(document => built.GetValueOrDefault(document.Id) != document.Revision))
            {
                if (!await rows.ReportAsync(claimed, done, wanted.Count, cancellationToken))
                {
                    return false;
                }

                if (await CopyAsync(claimed, document, cancellationToken))
                {
                    built[document.Id] = document.Revision;
                }

                done++;
            }

            IReadOnlyList<IndexedDocument>? missing = await rows.SwitchAsync(claimed, built, cancellationToken);
            if (missing is null)
            {
                return false;
            }

            if (missing.Count == 0)
            {
                await holds.HoldAsync(collection.Tenant, collection.Id, encoder, cancellationToken);
                await holds.ReleaseNextAsync(collection.Tenant, collection.Id, cancellationToken);
                return true;
            }
        }

        throw new InvalidOperationException("documents changed in every pass, or the index lacks points of theirs");
    }

    /// <summary>What an earlier try left, as far as it is whole and still wanted.</summary>
    private async Task<Dictionary<string, long>> BuiltAsync(ClaimedCollection claimed, CancellationToken cancellationToken)
    {
        Dictionary<string, IndexedDocument> wanted = (await rows.DocumentsAsync(claimed.Row.Id, cancellationToken)).ToDictionary(document => document.Id);
        Dictionary<string, long> built = wanted.Values.Where(document => document.Chunks == 0).ToDictionary(document => document.Id, document => document.Revision);
        HashSet<string> stray = [];
        await foreach (IndexedRevision revision in index.ListRevisionsAsync(claimed.Target, cancellationToken))
        {
            if (wanted.GetValueOrDefault(revision.DocumentId) is not { } document || document.Revision != revision.Revision)
            {
                stray.Add(revision.DocumentId);
            }
            else if (revision.Points >= document.Chunks)
            {
                built[revision.DocumentId] = revision.Revision;
            }
        }

        foreach (string documentId in stray)
        {
            await index.DeleteAsync(claimed.Target, documentId, wanted.GetValueOrDefault(documentId)?.Revision, cancellationToken);
        }

        return built;
    }

    /// <summary>Copies a document's points with new vectors. False: it has another revision by now, or is gone.</summary>
    private async Task<bool> CopyAsync(ClaimedCollection claimed, IndexedDocument document, CancellationToken cancellationToken)
    {
        Encoder encoder = claimed.Row.NextEncoder!;
        ITokenCounter counter = counters.For(encoder);
        if (await documents.FindAsync(document.Id, cancellationToken) is not { } row)
        {
            return false;
        }

        IReadOnlyDictionary<string, AttributeValue> attributes = AttributeJson.Read(row.Attributes);
        IReadOnlyList<string> groups = Json.ReadList(row.AllowedGroups);
        long copied = 0;
        List<IndexPoint> batch = [];
        using VectorSource.Session session = vectors.Open(claimed.Target, row.Tenant, encoder, cancellationToken);
        await foreach (IndexPoint point in index.ReadAsync(claimed.Row.IndexName, document.Id, document.Revision, withVectors: false, cancellationToken))
        {
            batch.Add(point with { Attributes = attributes, AllowedGroups = groups });
            if (batch.Count == BatchPoints)
            {
                copied += await WriteAsync(claimed.Target, batch, session, counter, cancellationToken);
            }
        }

        copied += await WriteAsync(claimed.Target, batch, session, counter, cancellationToken);

        // What changed while it was copied: attributes are set again, an older revision goes, and so does a deleted document.
        DocumentRow? now = await documents.FindAsync(document.Id, cancellationToken);
        if (now is not null && now.AccessVersion != row.AccessVersion)
        {
            await index.SetAccessAsync(claimed.Target, document.Id, AttributeJson.Read(now.Attributes), Json.ReadList(now.AllowedGroups), cancellationToken);
        }

        bool stands = now is not null && now.IndexedRevision == document.Revision && copied >= document.Chunks;
        await index.DeleteAsync(claimed.Target, document.Id, stands ? document.Revision : null, cancellationToken);
        return stands;
    }

    private async Task<int> WriteAsync(string target, List<IndexPoint> batch, VectorSource.Session session, ITokenCounter counter, CancellationToken cancellationToken)
    {
        if (batch.Count == 0)
        {
            return 0;
        }

        string[] texts = [.. batch.Select(point => point.Context.Length == 0 ? point.Text : $"{point.Context}\n{point.Text}")];
        IReadOnlyList<int> tokens = await counter.CountAsync(texts, cancellationToken);
        VectorSource.Batch made = await session.GetAsync([.. texts.Select((text, i) => new VectorSource.Text(text, tokens[i]))]);
        await index.UpsertAsync(target, [.. batch.Select((point, i) => point with { Vector = made.Vectors[i] })], cancellationToken);
        int count = batch.Count;
        batch.Clear();
        return count;
    }
}
