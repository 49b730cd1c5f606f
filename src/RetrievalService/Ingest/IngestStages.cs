using System.Diagnostics;
using LlmPlatform.Retrieval.Chunking;
using LlmPlatform.Retrieval.Documents;
using LlmPlatform.Retrieval.Filters;
using LlmPlatform.Retrieval.Index;
using LlmPlatform.RetrievalService.Documents;
using LlmPlatform.RetrievalService.Models;
using LlmPlatform.RetrievalService.Rows;

namespace LlmPlatform.RetrievalService.Ingest;

/// <summary>A document that was read and cut.</summary>
internal sealed record PreparedDocument(ParsedDocument Parsed, IReadOnlyList<DocumentChunk> Chunks);

/// <summary>The stages of an ingestion: parse, chunk, embed, index. The last two go together, batch by batch.</summary>
internal sealed class IngestStages(
    IngestRows rows,
    FileContents files,
    IDocumentReader reader,
    ChunkDocument chunkDocument,
    TokenCounters counters,
    VectorSource vectors,
    IChunkIndex index,
    TimeProvider clock)
{
    private const int BatchChunks = 64;

    private static readonly TimeSpan ReportInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Reads and cuts a document.</summary>
    /// <exception cref="DocumentException">It cannot be read.</exception>
    public async Task<PreparedDocument> PrepareAsync(ClaimedDocument claimed, CollectionRow collection, CancellationToken cancellationToken)
    {
        DocumentRow row = claimed.Row;
        long started = clock.GetTimestamp();
        ParsedDocument parsed;
        using (IngestTelemetry.Source.StartActivity("parse"))
        {
            byte[] bytes = await files.ReadAsync(row.Tenant, row.FileId, cancellationToken);
            parsed = await reader.ReadAsync(row.Tenant, new DocumentSource(row.Filename, bytes), cancellationToken);
        }

        using Activity? activity = IngestTelemetry.Source.StartActivity("chunk");
        if (clock.GetElapsedTime(started) >= ReportInterval)
        {
            await rows.ReportAsync(claimed, "chunk", 0, 0, cancellationToken);
        }

        IReadOnlyList<DocumentChunk> chunks = await chunkDocument(
            parsed, Fingerprint.ChunkingOf(row, collection), counters.For(collection.Encoder), cancellationToken);
        activity?.SetTag("llmplatform.retrieval.chunks", chunks.Count);
        return chunks.Count > 0
            ? new PreparedDocument(parsed, chunks)
            : throw new DocumentException(DocumentErrors.EmptyText, "there is no text in it, expected some");
    }

    /// <summary>Writes the points of a prepared document under the revision that was claimed; nothing returns them yet.</summary>
    public async Task<IngestResult> WriteAsync(
        ClaimedDocument claimed, CollectionRow collection, PreparedDocument prepared, string fingerprint, CancellationToken cancellationToken)
    {
        using Activity? activity = IngestTelemetry.Source.StartActivity("embed");
        DocumentRow row = claimed.Row;
        IReadOnlyDictionary<string, AttributeValue> attributes = AttributeJson.Read(row.Attributes);
        IReadOnlyList<string> groups = Json.ReadList(row.AllowedGroups);
        int total = prepared.Chunks.Count;
        long embedded = 0;
        long reported = clock.GetTimestamp();
        await index.CreateAsync(collection.IndexName, collection.Dimensions, cancellationToken);
        string stage = collection.Encoder is null ? "index" : "embed";
        if (total > BatchChunks)
        {
            await rows.ReportAsync(claimed, stage, 0, total, cancellationToken);
        }

        using VectorSource.Session session = vectors.Open(collection.IndexName, row.Tenant, collection.Encoder, cancellationToken);
        for (int start = 0; start < total; start += BatchChunks)
        {
            List<DocumentChunk> batch = [.. prepared.Chunks.Skip(start).Take(BatchChunks)];
            VectorSource.Batch made = await session.GetAsync([.. batch.Select(chunk => new VectorSource.Text(chunk.IndexText, chunk.Tokens))]);
            embedded += made.Embedded;
            await index.UpsertAsync(
                collection.IndexName,
                [.. batch.Select((chunk, i) => ToPoint(row, chunk, made.Hashes[i], made.Vectors[i], attributes, groups))],
                cancellationToken);
            if (clock.GetElapsedTime(reported) >= ReportInterval)
            {
                await rows.ReportAsync(claimed, stage, start + batch.Count, total, cancellationToken);
                reported = clock.GetTimestamp();
            }
        }

        activity?.SetTag("llmplatform.retrieval.chunks", total).SetTag("llmplatform.retrieval.chunks_embedded", embedded);
        return new IngestResult
        {
            Revision = row.Revision,
            Fingerprint = fingerprint,
            Title = prepared.Parsed.Title ?? "",
            MediaType = DocumentKinds.MediaType(prepared.Parsed.Kind),
            Warnings = prepared.Parsed.Warnings,
            Text = prepared.Parsed.Text,
            Chunks = total,
            ChunksEmbedded = embedded,
        };
    }

    private static IndexPoint ToPoint(
        DocumentRow row, DocumentChunk chunk, string hash, ReadOnlyMemory<float> vector, IReadOnlyDictionary<string, AttributeValue> attributes, IReadOnlyList<string> groups) => new()
        {
            Id = IndexPoint.IdOf(row.Id, row.Revision, chunk.Number),
            Tenant = row.Tenant,
            DocumentId = row.Id,
            Revision = row.Revision,
            Chunk = chunk.Number,
            AllowedGroups = groups,
            Attributes = attributes,
            Text = chunk.Text,
            Context = chunk.Context,
            Start = chunk.Start,
            End = chunk.End,
            Headings = chunk.Headings,
            Page = chunk.Page,
            Sheet = chunk.Sheet,
            ContentHash = hash,
            Vector = vector,
        };
}
