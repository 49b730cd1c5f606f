using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Retrieval.Index;
using LlmPlatform.Retrieval.Index.Embedded;
using LlmPlatform.Retrieval.Keywords;
using LlmPlatform.RetrievalService.Data;
using LlmPlatform.RetrievalService.Rows;
using LlmPlatform.ServiceDefaults.Data;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.Benchmarks.Retrieval;

/// <summary>
/// A collection of many chunks, written into the data folder of a platform that does not run: rows by the service's
/// database, points by the index's interface. For the service it is as if it had ingested them.
/// </summary>
internal sealed class LargeCollection(Collection collection, RecombinedPassages passages, int chunks)
{
    public const int ChunksOfDocument = 10;

    private const int DocumentsOfCall = 10;
    private const long Revision = 1;

    /// <summary>Writes rows and points.</summary>
    public async Task<IReadOnlyList<Measurement>> WriteAsync(string dataFolder)
    {
        await WriteRowsAsync(Path.Combine(dataFolder, "retrieval", "retrieval.db"));
        await using EmbeddedIndex index = new(Path.Combine(dataFolder, "retrieval", "index"), KeywordAnalyzer.Instance);
        string name = IndexNames.Of(collection.Id, collection.IndexRevision);
        await index.CreateAsync(name, passages.Dimensions, CancellationToken.None);
        double managed = GC.GetTotalMemory(forceFullCollection: true) / 1e6, mostManaged = managed;
        double resident = Machine.ResidentMegabytes(Environment.ProcessId), mostResident = resident;
        TimeSpan writing = TimeSpan.Zero;
        foreach (int[] numbers in Enumerable.Range(0, chunks).Chunk(DocumentsOfCall * ChunksOfDocument))
        {
            IndexPoint[] points = [.. numbers.Select(Point)];
            long start = Stopwatch.GetTimestamp();
            await index.UpsertAsync(name, points, CancellationToken.None);
            writing += Stopwatch.GetElapsedTime(start);
            mostManaged = Math.Max(mostManaged, GC.GetTotalMemory(forceFullCollection: false) / 1e6);
            mostResident = Math.Max(mostResident, Machine.ResidentMegabytes(Environment.ProcessId));
        }

        return
        [
            new($"writing {chunks} chunks through the index's interface", writing.TotalSeconds, "s"),
            new("most managed memory while writing, above the start", mostManaged - managed, "MB"),
            new("most resident memory while writing, above the start (mapped files included)", mostResident - resident, "MB"),
        ];
    }

    /// <summary>Of each vector the chunks that are nearest by float32, all chunks compared.</summary>
    public HashSet<(string Document, int Chunk)>[] Nearest(IReadOnlyList<float[]> vectors, int count)
    {
        PriorityQueue<int, float>[] best = [.. vectors.Select(_ => new PriorityQueue<int, float>())];
        for (int number = 0; number < chunks; number++)
        {
            float[] vector = passages.At(number).Vector;
            Parallel.For(0, vectors.Count, i =>
            {
                best[i].Enqueue(number, System.Numerics.Tensors.TensorPrimitives.Dot<float>(vector, vectors[i]));
                if (best[i].Count > count)
                {
                    best[i].Dequeue();
                }
            });
        }

        return [.. best.Select(queue => queue.UnorderedItems.Select(item => (DocumentOf(item.Element), item.Element % ChunksOfDocument)).ToHashSet())];
    }

    public static float[] Unpack(Google.Protobuf.ByteString packed) => MemoryMarshal.Cast<byte, float>(packed.Span).ToArray();

    private static string DocumentOf(int number) => string.Create(CultureInfo.InvariantCulture, $"doc-{number / ChunksOfDocument:d6}");

    private IndexPoint Point(int number)
    {
        (string text, float[] vector) = passages.At(number);
        string document = DocumentOf(number);
        return new IndexPoint
        {
            Id = IndexPoint.IdOf(document, Revision, number % ChunksOfDocument),
            Tenant = collection.Tenant,
            DocumentId = document,
            Revision = Revision,
            Chunk = number % ChunksOfDocument,
            Text = text,
            End = text.Length,
            ContentHash = IndexPoint.HashOf(text),
            Vector = vector,
        };
    }

    private async Task WriteRowsAsync(string database)
    {
        DbContextOptionsBuilder<SqliteRetrievalDbContext> options = new();
        options.UsePlatformSqlite(database);
        await using SqliteRetrievalDbContext context = new(options.Options);
        DateTime now = DateTime.UtcNow;
        context.Documents.AddRange(Enumerable.Range(0, (chunks + ChunksOfDocument - 1) / ChunksOfDocument).Select(document => new DocumentRow
        {
            Id = DocumentOf(document * ChunksOfDocument),
            Tenant = collection.Tenant,
            CollectionId = collection.Id,
            FileId = string.Create(CultureInfo.InvariantCulture, $"file-{document:d6}"),
            Filename = string.Create(CultureInfo.InvariantCulture, $"{document:d6}.txt"),
            Sha256 = IndexPoint.HashOf(DocumentOf(document * ChunksOfDocument)),
            CreatedAt = now,
            QueuedAt = now,
            Status = DocumentStatus.Completed,
            Revision = Revision,
            IndexedRevision = Revision,
            IndexedAt = now,
            MediaType = "text/plain",
            Chunks = Math.Min(ChunksOfDocument, chunks - (document * ChunksOfDocument)),
        }));
        await context.SaveChangesAsync();
    }
}
