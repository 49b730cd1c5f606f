using System.Diagnostics;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Testing;
using FilesClient = LlmPlatform.Contracts.Files.V1.Files.FilesClient;
using RetrievalClient = LlmPlatform.Contracts.Retrieval.V1.Retrieval.RetrievalClient;

namespace LlmPlatform.Benchmarks.Retrieval;

/// <summary>
/// Documents ingested by a platform that runs as a process of its own, and then ingested again: the same bytes as new
/// files, and the same documents. A client asks for several at a time.
/// </summary>
internal sealed class ReingestBenchmark(IReadOnlyList<string> texts, PlatformProcessOptions options, string encoder)
{
    private const int CallsAtOnce = 4;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    public async Task<IReadOnlyList<Measurement>> RunAsync()
    {
        await using PlatformProcess platform = await PlatformProcess.StartAsync(options);
        using GrpcChannel channel = GrpcChannel.ForAddress(platform.Grpc);
        FilesClient files = new(channel);
        RetrievalClient retrieval = new(channel);
        Collection collection = await retrieval.CreateCollectionAsync(new CreateCollectionRequest { Name = "again", EmbeddingModel = encoder, DenseWeight = 0.2 });

        (string[] uploaded, TimeSpan firstUpload) = await UploadAsync(files);
        (string[] documents, TimeSpan first) = await IngestAsync(retrieval, collection, uploaded, null);
        Collection after = await retrieval.GetCollectionAsync(new GetCollectionRequest { Id = collection.Id });
        (uploaded, TimeSpan secondUpload) = await UploadAsync(files);
        (string[] same, TimeSpan second) = await IngestAsync(retrieval, collection, uploaded, documents);
        await VerifyAsync(retrieval, collection, documents, same, uploaded, after.Chunks);
        double most = Machine.ResidentMegabytes(platform.Id, "VmHWM");
        return
        [
            new($"uploading {texts.Count} documents ({texts.Sum(Encoding.UTF8.GetByteCount) / 1e6:F2} MB)", firstUpload.TotalSeconds, "s"),
            new($"ingesting them with {encoder} ({after.Chunks} chunks), from the first call until all are completed", first.TotalSeconds, "s"),
            new("uploading the same bytes again, as new files", secondUpload.TotalSeconds, "s"),
            new("ingesting them again, from the first call until all are completed", second.TotalSeconds, "s"),
            Measurement.AtLeast("how much faster the second ingest is", first / second, "x", 50),
            new("how much faster with the uploads counted in both", (firstUpload + first) / (secondUpload + second), "x"),
            new("most resident memory of the platform", most, "MB"),
        ];
    }

    private async Task<(string[] Ids, TimeSpan Time)> UploadAsync(FilesClient files)
    {
        string[] ids = new string[texts.Count];
        long start = Stopwatch.GetTimestamp();
        await ForEachAsync(async i =>
        {
            using AsyncClientStreamingCall<UploadRequest, Contracts.Files.V1.File> call = files.Upload();
            await call.RequestStream.WriteAsync(new UploadRequest
            {
                Header = new UploadHeader { Filename = string.Create(CultureInfo.InvariantCulture, $"{i:d4}.txt"), Purpose = "assistants" },
            });
            await call.RequestStream.WriteAsync(new UploadRequest { Chunk = ByteString.CopyFromUtf8(texts[i]) });
            await call.RequestStream.CompleteAsync();
            ids[i] = (await call).Id;
        });
        return (ids, Stopwatch.GetElapsedTime(start));
    }

    private async Task<(string[] Ids, TimeSpan Time)> IngestAsync(RetrievalClient client, Collection collection, string[] files, string[]? documents)
    {
        string[] ids = new string[files.Length];
        long start = Stopwatch.GetTimestamp();
        await ForEachAsync(async i => ids[i] = (await client.IngestDocumentAsync(
            new IngestDocumentRequest { CollectionId = collection.Id, FileId = files[i], DocumentId = documents?[i] ?? "" })).Id);
        while (true)
        {
            DocumentCounts counts = (await client.GetCollectionAsync(new GetCollectionRequest { Id = collection.Id })).Documents;
            if (counts.Failed > 0 || Stopwatch.GetElapsedTime(start) > Limit)
            {
                throw new InvalidOperationException($"not all documents were ingested: {counts}");
            }

            if (counts.Completed == files.Length)
            {
                return (ids, Stopwatch.GetElapsedTime(start));
            }

            await Task.Delay(Look);
        }
    }

    /// <summary>The second ingest was one: new files, new revisions, the same documents and chunks, nothing embedded.</summary>
    private static async Task VerifyAsync(RetrievalClient client, Collection collection, string[] documents, string[] again, string[] files, long chunks)
    {
        Collection now = await client.GetCollectionAsync(new GetCollectionRequest { Id = collection.Id });
        for (int i = 0; i < documents.Length; i++)
        {
            Document document = await client.GetDocumentAsync(new GetDocumentRequest { CollectionId = collection.Id, Id = documents[i] });
            if (again[i] != documents[i] || document is not { Status: DocumentStatus.Completed, ChunksEmbedded: 0, Revision: 2 } || document.FileId != files[i] || now.Chunks != chunks)
            {
                throw new InvalidOperationException($"document {i} was not ingested again as it should: {document}");
            }
        }
    }

    private Task ForEachAsync(Func<int, Task> action) => Parallel.ForEachAsync(
        Enumerable.Range(0, texts.Count), new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce }, async (i, _) => await action(i));
}
