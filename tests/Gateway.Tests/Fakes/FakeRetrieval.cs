using System.Collections.Concurrent;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.ServiceDefaults.Errors;

namespace LlmPlatform.Gateway.Tests.Fakes;

/// <summary>
/// Collections and documents in memory, three a page, the newest first. A file whose name begins with <c>slow</c> is
/// never done, one that begins with <c>bad</c> fails; any other is done when it is looked at for the second time.
/// </summary>
internal sealed class FakeRetrieval(FakeCalls calls) : Contracts.Retrieval.V1.Retrieval.RetrievalBase
{
    public const int PageSize = 3;

    private static readonly ConcurrentDictionary<string, Collection> Collections = new();
    private static readonly ConcurrentDictionary<string, Document> Documents = new();
    private static readonly ConcurrentDictionary<string, string> Requests = new();
    private static int _count;

    public static void Clear()
    {
        Collections.Clear();
        Documents.Clear();
        Requests.Clear();
    }

    public override Task<Collection> CreateCollection(CreateCollectionRequest request, ServerCallContext context)
    {
        calls.Retrievals.Enqueue(request);
        if (request.EmbeddingModel == "missing")
        {
            throw RpcErrors.NotFound("model", request.EmbeddingModel);
        }

        string id = Requests.GetOrAdd(request.RequestId, _ => $"vs_{Interlocked.Increment(ref _count):D4}");
        Collection collection = Collections.GetOrAdd(id, _ => new Collection
        {
            Id = id,
            Name = request.Name,
            Description = request.Description,
            Tenant = "local",
            CreatedAt = Time(),
            Metadata = { request.Metadata },
            Chunking = request.Chunking,
            EmbeddingModel = request.KeywordOnly ? "" : request.EmbeddingModel.Length > 0 ? request.EmbeddingModel : "e5",
            DenseWeight = request.HasDenseWeight ? request.DenseWeight : 0.25,
        });
        return Task.FromResult(Counted(collection));
    }

    public override Task<Collection> GetCollection(GetCollectionRequest request, ServerCallContext context) => Task.FromResult(Counted(Find(request.Id)));

    public override Task<ListCollectionsResponse> ListCollections(ListCollectionsRequest request, ServerCallContext context)
    {
        new FieldValidation().RequireRange("page_size", request.PageSize, 0, 200).ThrowIfInvalid();
        int skip = request.PageToken.Length > 0 ? int.Parse(request.PageToken) : 0;
        Collection[] all = [.. Collections.Values.OrderByDescending(collection => collection.Id, StringComparer.Ordinal)];
        ListCollectionsResponse page = new() { NextPageToken = all.Length > skip + PageSize ? $"{skip + PageSize}" : "" };
        page.Collections.AddRange(all.Skip(skip).Take(PageSize).Select(Counted));
        return Task.FromResult(page);
    }

    public override Task<Collection> UpdateCollection(UpdateCollectionRequest request, ServerCallContext context)
    {
        calls.Retrievals.Enqueue(request);
        Collection collection = Find(request.Id);
        collection.Name = request.HasName ? request.Name : collection.Name;
        collection.DenseWeight = request.HasDenseWeight ? request.DenseWeight : collection.DenseWeight;
        if (request.ReplaceMetadata)
        {
            collection.Metadata.Clear();
            collection.Metadata.Add(request.Metadata);
        }

        return Task.FromResult(Counted(collection));
    }

    public override Task<DeleteCollectionResponse> DeleteCollection(DeleteCollectionRequest request, ServerCallContext context)
    {
        Find(request.Id);
        Collections.TryRemove(request.Id, out _);
        return Task.FromResult(new DeleteCollectionResponse());
    }

    public override Task<Document> IngestDocument(IngestDocumentRequest request, ServerCallContext context)
    {
        calls.Retrievals.Enqueue(request);
        Find(request.CollectionId);
        Contracts.Files.V1.File file = FakeFiles.Find(request.FileId).File;
        string id = request.DocumentId.Length > 0 ? request.DocumentId : Requests.GetOrAdd(request.RequestId, _ => $"doc-{Interlocked.Increment(ref _count):D4}");
        Document document = Documents.GetOrAdd(id, _ => new Document { Id = id, CollectionId = request.CollectionId, FileId = file.Id, Filename = file.Filename, Size = file.Size, CreatedAt = Time() });
        document.Attributes.Clear();
        document.Attributes.Add(request.Attributes);
        document.BatchId = request.BatchId;
        document.Chunking = request.Chunking;
        document.Status = DocumentStatus.Queued;
        document.LastError = null;
        document.Progress = new IngestProgress();
        document.Revision++;
        return Task.FromResult(document.Clone());
    }

    public override Task<ListDocumentsResponse> ListDocuments(ListDocumentsRequest request, ServerCallContext context)
    {
        new FieldValidation().RequireRange("page_size", request.PageSize, 0, 200).ThrowIfInvalid();
        Find(request.CollectionId);
        int skip = request.PageToken.Length > 0 ? int.Parse(request.PageToken) : 0;
        Document[] all = [.. Documents.Values
            .Where(document => document.CollectionId == request.CollectionId
                && (request.FileId.Length == 0 || document.FileId == request.FileId)
                && (request.BatchId.Length == 0 || document.BatchId == request.BatchId)
                && (request.Status == DocumentStatus.Unspecified || document.Status == request.Status))
            .OrderBy(document => document.Id, StringComparer.Ordinal)];
        if (!request.OldestFirst)
        {
            Array.Reverse(all);
        }

        ListDocumentsResponse page = new() { NextPageToken = all.Length > skip + PageSize ? $"{skip + PageSize}" : "" };
        page.Documents.AddRange(all.Skip(skip).Take(PageSize).Select(document => document.Clone()));
        if (request.FileId.Length > 0 || request.BatchId.Length > 0)
        {
            foreach (Document document in all)
            {
                GoOn(document);
            }
        }

        return Task.FromResult(page);
    }

    public override Task<Document> UpdateDocument(UpdateDocumentRequest request, ServerCallContext context)
    {
        calls.Retrievals.Enqueue(request);
        Document document = FindDocument(request.Id);
        document.Attributes.Clear();
        document.Attributes.Add(request.Attributes);
        return Task.FromResult(document.Clone());
    }

    public override async Task GetDocumentText(GetDocumentTextRequest request, IServerStreamWriter<GetDocumentTextResponse> responseStream, ServerCallContext context)
    {
        Document document = FindDocument(request.Id);
        if (document.Status != DocumentStatus.Completed)
        {
            throw RpcErrors.FailedPrecondition("NOT_INDEXED", document.Id, "the document has no text yet");
        }

        await responseStream.WriteAsync(new GetDocumentTextResponse { Text = "첫 문단 \"하나\".\n" });
        await responseStream.WriteAsync(new GetDocumentTextResponse { Text = "둘." });
    }

    public override Task<Document> CancelIngest(CancelIngestRequest request, ServerCallContext context)
    {
        Document document = FindDocument(request.Id);
        if (document.Status is not (DocumentStatus.Queued or DocumentStatus.InProgress))
        {
            throw RpcErrors.FailedPrecondition("NOT_RUNNING", document.Id, "nothing is being ingested");
        }

        document.Status = DocumentStatus.Cancelled;
        return Task.FromResult(document.Clone());
    }

    public override Task<DeleteDocumentResponse> DeleteDocument(DeleteDocumentRequest request, ServerCallContext context)
    {
        FindDocument(request.Id);
        Documents.TryRemove(request.Id, out _);
        foreach (string key in Requests.Where(item => item.Value == request.Id).Select(item => item.Key).ToArray())
        {
            Requests.TryRemove(key, out _);
        }

        return Task.FromResult(new DeleteDocumentResponse());
    }

    public override Task<SearchResponse> Search(SearchRequest request, ServerCallContext context)
    {
        calls.Retrievals.Enqueue(request.Clone());
        calls.Headers.Enqueue(context.RequestHeaders);
        Find(request.CollectionId);
        SearchResponse response = new() { Mode = SearchMode.Hybrid, Usage = new() { PromptTokens = 3 } };
        response.Results.AddRange(Results(request.Query).Where(result => result.Score >= request.ScoreThreshold).Take(request.Limit));
        return Task.FromResult(response);
    }

    public override async Task Ask(AskRequest request, IServerStreamWriter<AskResponse> responseStream, ServerCallContext context)
    {
        calls.Retrievals.Enqueue(request);
        Find(request.CollectionId);
        if (request.Model == "missing")
        {
            throw RpcErrors.NotFound("model", request.Model);
        }

        await responseStream.WriteAsync(new AskResponse { Passages = new AskPassages { Results = { Results("cat") } } });
        Citation citation = new() { Passage = 1, DocumentId = "doc-a", Filename = "a.pdf", Quote = "고양이", Start = 4, End = 7, Headings = { "동물" }, Page = 2 };
        await responseStream.WriteAsync(new AskResponse { TextDelta = "고양이 " });
        if (request.Model == "broken")
        {
            throw RpcErrors.Unavailable("the engine went away", TimeSpan.FromSeconds(1));
        }

        if (request.Model == "unfinished")
        {
            return;
        }

        await responseStream.WriteAsync(new AskResponse { TextDelta = "[1][9]" });
        if (request.Model.Length > 0)
        {
            await responseStream.WriteAsync(new AskResponse
            {
                Sentence = new AnswerSentence { Text = "고양이 [1][9]", Start = 0, End = 10, Citations = { citation }, Supported = true, UnknownCitations = { 9 } },
            });
        }

        await responseStream.WriteAsync(new AskResponse
        {
            End = new AnswerEnd
            {
                Outcome = request.Model.Length > 0 ? "generated" : "quoted",
                Answer = "고양이 [1][9]",
                Citations = { citation },
                Confidence = 0.75,
                PromptTokens = 11,
                CompletionTokens = 5,
            },
        });
    }

    /// <summary>"cat" finds chunks 0 and 1 of a, "dog" chunks 1 and 2, with its own scores.</summary>
    private static IEnumerable<SearchResult> Results(string query)
    {
        int first = query == "dog" ? 1 : 0;
        for (int i = 0; i < 2; i++)
        {
            yield return new SearchResult
            {
                Score = (query == "dog" ? 0.95 : 0.875) - (i * 0.5),
                Passage = new Passage
                {
                    DocumentId = "doc-a",
                    FileId = "file-a",
                    Filename = "a.pdf",
                    Title = "A",
                    Chunk = first + i,
                    Text = $"고양이 {first + i}",
                    Start = 10 * (first + i),
                    End = (10 * (first + i)) + 5,
                    Headings = { "동물", "고양이" },
                    Page = 2,
                    Attributes = { ["year"] = new AttributeValue { NumberValue = 2024 }, ["draft"] = new AttributeValue { BoolValue = false } },
                },
                Parts = new ScoreParts { Keyword = 3.5, KeywordRank = 1 + i, KeywordScaled = 1, DenseWeight = 0.25, Terms = { ["고양"] = 2.5 } },
            };
        }
    }

    private static void GoOn(Document document)
    {
        if (document.Status is not (DocumentStatus.Queued or DocumentStatus.InProgress) || document.Filename.StartsWith("slow", StringComparison.Ordinal))
        {
            return;
        }

        if (document.Filename.StartsWith("bad", StringComparison.Ordinal))
        {
            document.Status = DocumentStatus.Failed;
            document.LastError = new DocumentError { Code = document.Filename.Split('.')[1], Message = "it cannot be read" };
            return;
        }

        document.Chunks = 2;
        document.Status = document.Status == DocumentStatus.Queued ? DocumentStatus.InProgress : DocumentStatus.Completed;
        document.Progress = new IngestProgress { Stage = "embed", ChunksDone = 1, ChunksTotal = 2 };
    }

    private static Collection Counted(Collection collection)
    {
        Document[] mine = [.. Documents.Values.Where(document => document.CollectionId == collection.Id)];
        Collection counted = collection.Clone();
        counted.DocumentsSize = mine.Sum(document => document.Size);
        counted.Documents = new DocumentCounts
        {
            Queued = mine.Count(document => document.Status == DocumentStatus.Queued),
            InProgress = mine.Count(document => document.Status == DocumentStatus.InProgress),
            Completed = mine.Count(document => document.Status == DocumentStatus.Completed),
            Failed = mine.Count(document => document.Status == DocumentStatus.Failed),
            Cancelled = mine.Count(document => document.Status == DocumentStatus.Cancelled),
            Total = mine.Length,
        };
        return counted;
    }

    private static Timestamp Time() => Timestamp.FromDateTime(DateTime.UnixEpoch.AddSeconds(1_700_000_000 + _count));

    private static Collection Find(string id) => Collections.TryGetValue(id, out Collection? found) ? found : throw RpcErrors.NotFound("collection", id);

    private static Document FindDocument(string id) => Documents.TryGetValue(id, out Document? found) ? found : throw RpcErrors.NotFound("document", id);
}
