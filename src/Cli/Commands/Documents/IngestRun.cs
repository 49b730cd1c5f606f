using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using LlmPlatform.Cli.Output;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Contracts.Uploads;
using File = System.IO.File;
using RetrievalClient = LlmPlatform.Contracts.Retrieval.V1.Retrieval.RetrievalClient;
using UploadedFile = LlmPlatform.Contracts.Files.V1.File;

namespace LlmPlatform.Cli.Commands.Documents;

/// <summary>
/// Brings a collection to what files on this machine hold. A document knows the name and the hash of the file it was made
/// of, as attributes <c>path</c> and <c>sha256</c>: what is unchanged does not travel again, what changed replaces what
/// was there under the same name.
/// </summary>
internal sealed class IngestRun(RetrievalClient retrieval, Files.FilesClient files, string collectionId, ProgressBars bars)
{
    private const int PageSize = 200;
    private const string Purpose = "assistants";
    private const string PathAttribute = "path";
    private const string HashAttribute = "sha256";

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly string _batch = $"cli-{Guid.NewGuid():N}";
    private readonly Dictionary<string, string> _replaced = [];

    /// <summary>Names of files that the collection has as they are.</summary>
    public List<string> Unchanged { get; } = [];

    /// <summary>Uploads what is new or changed and queues it.</summary>
    /// <returns>The documents by id, as they were queued.</returns>
    public async Task<Dictionary<string, Document>> QueueAsync(IReadOnlyList<LocalDocument> local, CancellationToken cancellation)
    {
        Dictionary<string, Document> known = await KnownAsync(cancellation);
        Dictionary<string, Document> queued = [];
        long total = local.Sum(file => file.Length);
        long before = 0;
        foreach (LocalDocument file in local)
        {
            string hash = await HashAsync(file.Path, cancellation);
            Document? earlier = known.GetValueOrDefault(file.Name);
            if (earlier is { Status: DocumentStatus.Completed or DocumentStatus.Queued or DocumentStatus.InProgress } && TextOf(earlier, HashAttribute) == hash)
            {
                Unchanged.Add(file.Name);
            }
            else
            {
                long sent = before;
                UploadedFile uploaded = await UploadAsync(file, hash, done => bars.Report("upload", sent + done, total), cancellation);
                Document document = await retrieval.IngestDocumentAsync(Request(file, hash, uploaded.Id, earlier), cancellationToken: cancellation);
                queued[document.Id] = document;
                if (earlier is not null && earlier.FileId != document.FileId)
                {
                    _replaced[document.Id] = earlier.FileId;
                }
            }

            before += file.Length;
            bars.Report("upload", before, total);
        }

        return queued;
    }

    /// <summary>Waits until all that was queued is done, failed or cancelled.</summary>
    /// <returns>The documents as they ended; one that was deleted meanwhile is left out.</returns>
    public async Task<IReadOnlyList<Document>> WaitAsync(IReadOnlyDictionary<string, Document> queued, CancellationToken cancellation)
    {
        long total = queued.Values.Sum(document => document.Size);
        TimeSpan pause = FirstPause;
        while (true)
        {
            List<Document> documents = await ListAsync(new ListDocumentsRequest { CollectionId = collectionId, BatchId = _batch }, cancellation);
            documents.RemoveAll(document => !queued.ContainsKey(document.Id));
            bars.Report("index", documents.Sum(Done) + (total - documents.Sum(document => document.Size)), total);
            if (documents.TrueForAll(document => document.Status is not (DocumentStatus.Queued or DocumentStatus.InProgress)))
            {
                await DeleteReplacedAsync(documents, cancellation);
                return documents;
            }

            await Task.Delay(pause, cancellation);
            pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause;
        }
    }

    /// <summary>The name that a document's file had on its machine.</summary>
    public static string NameOf(Document document) => TextOf(document, PathAttribute) is { Length: > 0 } path ? path : document.Filename;

    private static string TextOf(Document document, string attribute) =>
        document.Attributes.TryGetValue(attribute, out AttributeValue? value) ? value.StringValue : "";

    private static long Done(Document document) => document.Status switch
    {
        DocumentStatus.Queued => 0,
        DocumentStatus.InProgress when document.Progress is { ChunksTotal: > 0 } progress => document.Size * progress.ChunksDone / progress.ChunksTotal,
        DocumentStatus.InProgress => 0,
        _ => document.Size,
    };

    private IngestDocumentRequest Request(LocalDocument file, string hash, string fileId, Document? earlier)
    {
        IngestDocumentRequest request = new()
        {
            CollectionId = collectionId,
            FileId = fileId,
            DocumentId = earlier?.Id ?? "",
            BatchId = _batch,
            // The same step, made again by a second run at the same time, is one document; a later change is another step.
            RequestId = Hash($"ingest\n{collectionId}\n{file.Name}\n{hash}\n{earlier?.Revision ?? 0}"),
            Chunking = earlier?.Chunking,
        };
        if (earlier is not null)
        {
            request.Attributes.Add(earlier.Attributes);
            request.AllowedGroups.Add(earlier.AllowedGroups);
        }

        request.Attributes[PathAttribute] = new AttributeValue { StringValue = file.Name };
        request.Attributes[HashAttribute] = new AttributeValue { StringValue = hash };
        return request;
    }

    private async Task<Dictionary<string, Document>> KnownAsync(CancellationToken cancellation)
    {
        Dictionary<string, Document> known = new(StringComparer.Ordinal);
        foreach (Document document in await ListAsync(new ListDocumentsRequest { CollectionId = collectionId }, cancellation))
        {
            if (TextOf(document, PathAttribute) is { Length: > 0 } path && TextOf(document, HashAttribute).Length > 0)
            {
                known.TryAdd(path, document);
            }
        }

        return known;
    }

    private async Task<List<Document>> ListAsync(ListDocumentsRequest request, CancellationToken cancellation)
    {
        List<Document> all = [];
        request.PageSize = PageSize;
        do
        {
            ListDocumentsResponse page = await retrieval.ListDocumentsAsync(request, cancellationToken: cancellation);
            all.AddRange(page.Documents);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return all;
    }

    /// <summary>What a changed document was made of before was uploaded by this command, and nobody needs it once the new content is there.</summary>
    private async Task DeleteReplacedAsync(IEnumerable<Document> documents, CancellationToken cancellation)
    {
        foreach (Document document in documents.Where(document => document.Status == DocumentStatus.Completed))
        {
            if (!_replaced.TryGetValue(document.Id, out string? fileId))
            {
                continue;
            }

            try
            {
                await files.DeleteAsync(new DeleteFileRequest { Id = fileId }, cancellationToken: cancellation);
            }
            catch (RpcException exception) when (exception.StatusCode is StatusCode.NotFound or StatusCode.FailedPrecondition)
            {
                // Gone already, or in use elsewhere.
            }
        }
    }

    private async Task<UploadedFile> UploadAsync(LocalDocument file, string hash, Action<long> report, CancellationToken cancellation)
    {
        await using FileStream stream = File.OpenRead(file.Path);
        UploadHeader header = new() { Filename = file.Name, Purpose = Purpose, Sha256 = hash };
        return await UploadCall.UploadAsync(files, header, stream, report, cancellation);
    }

    private static async Task<string> HashAsync(string path, CancellationToken cancellation)
    {
        await using FileStream stream = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation));
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))[..16]);
}
