using Google.Protobuf;
using Grpc.Core;
using LlmPlatform.Contracts.Embedding.V1;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.Contracts.Generation.V1;
using LlmPlatform.Contracts.Internal.V1;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Contracts.Tokenizer.V1;
using LlmPlatform.Contracts.Training.V1;
using File = LlmPlatform.Contracts.Files.V1.File;
using RetrievalClient = LlmPlatform.Contracts.Retrieval.V1.Retrieval.RetrievalClient;
using TrainingClient = LlmPlatform.Contracts.Training.V1.Training.TrainingClient;

namespace LlmPlatform.Platform.Tests.Tenancy;

/// <summary>What tenant A owns: B knows all these ids and must get nowhere with them.</summary>
internal sealed record TenantData(string Decoder, string DecoderVersion, string Encoder, string FileId, string FileRequestId, string FileSha256, string KeyId, string KeySecret, string Tenant, string Collection, string CollectionRequestId, string Document, string Job, string JobRequestId);

/// <summary>
/// One case for each RPC of the platform: calls it with B's credentials and A's ids, and throws when it gives B anything of A.
/// Called as A itself, each throws: that shows that it looks for the right thing.
/// </summary>
internal static class TenancyCases
{
    public static readonly IReadOnlyDictionary<string, Func<CallInvoker, TenantData, Task>> All = new Dictionary<string, Func<CallInvoker, TenantData, Task>>
    {
        ["llmplatform.tokenizer.v1.Tokenizer/Encode"] = (b, a) => NotFound(async () =>
            await new Tokenizer.TokenizerClient(b).EncodeAsync(new EncodeRequest { Model = a.Decoder, Text = "hello" })),
        ["llmplatform.tokenizer.v1.Tokenizer/EncodeBatch"] = (b, a) => NotFound(async () =>
            await new Tokenizer.TokenizerClient(b).EncodeBatchAsync(new EncodeBatchRequest { Model = a.Decoder, Texts = { "hello" } })),
        ["llmplatform.tokenizer.v1.Tokenizer/Decode"] = (b, a) => NotFound(async () =>
            await new Tokenizer.TokenizerClient(b).DecodeAsync(new DecodeRequest { Model = a.Decoder, Ids = { 7 } })),
        ["llmplatform.tokenizer.v1.Tokenizer/ListTokenizers"] = async (b, a) => Assert.DoesNotContain(
            (await new Tokenizer.TokenizerClient(b).ListTokenizersAsync(new ListTokenizersRequest())).Tokenizers,
            tokenizer => tokenizer.Tenant == a.Tenant || tokenizer.Model == a.Decoder),

        ["llmplatform.embedding.v1.Embedding/Embed"] = (b, a) => NotFound(async () =>
            await new Embedding.EmbeddingClient(b).EmbedAsync(new EmbedRequest { Model = a.Encoder, Inputs = { new EmbedInput { Text = "hello" } } })),
        ["llmplatform.embedding.v1.Embedding/EmbedStream"] = (b, a) => NotFound(async () =>
        {
            using AsyncDuplexStreamingCall<EmbedStreamRequest, EmbedStreamResponse> call = new Embedding.EmbeddingClient(b).EmbedStream();
            await call.RequestStream.WriteAsync(new EmbedStreamRequest { Model = a.Encoder, Inputs = { new EmbedInput { Text = "hello" } } });
            await call.RequestStream.CompleteAsync();
            await DrainAsync(call.ResponseStream);
        }),
        ["llmplatform.embedding.v1.Embedding/Similarity"] = (b, a) => NotFound(async () =>
            await new Embedding.EmbeddingClient(b).SimilarityAsync(new SimilarityRequest { Model = a.Encoder, Sources = { "hello" }, Targets = { "world" } })),

        ["llmplatform.generation.v1.Generation/Generate"] = (b, a) => NotFound(async () =>
            await DrainAsync(new Generation.GenerationClient(b).Generate(new GenerateRequest { Model = a.Decoder, Prompt = "hello" }).ResponseStream)),
        ["llmplatform.generation.v1.Generation/Chat"] = (b, a) => NotFound(async () =>
            await DrainAsync(new Generation.GenerationClient(b).Chat(new ChatRequest
            {
                Model = $"{a.Decoder}@{a.DecoderVersion}",
                Messages = { new ChatMessage { Role = "user", Content = "hello" } },
            }).ResponseStream)),
        ["llmplatform.generation.v1.Generation/GetStatus"] = async (b, a) => Assert.DoesNotContain(
            (await new Generation.GenerationClient(b).GetStatusAsync(new GetStatusRequest())).Models,
            model => model.Model == a.Decoder || model.Version == a.DecoderVersion),

        ["llmplatform.models.v1.Models/List"] = async (b, a) => Assert.DoesNotContain(
            (await new Models.ModelsClient(b).ListAsync(new ListModelsRequest { AllVersions = true })).Models,
            model => model.Tenant == a.Tenant || model.Name == a.Decoder),
        ["llmplatform.models.v1.Models/Get"] = (b, a) => NotFound(async () =>
            await new Models.ModelsClient(b).GetAsync(new GetModelRequest { Model = a.Decoder })),
        ["llmplatform.models.v1.Models/Register"] = (b, a) => NotFound(async () =>
            await new Models.ModelsClient(b).RegisterAsync(new RegisterModelRequest
            {
                Name = "stolen",
                Files = { new RegisterModelFile { Path = "config.json", FileId = a.FileId } },
            })),
        ["llmplatform.models.v1.Models/Promote"] = (b, a) => NotFound(async () =>
            await new Models.ModelsClient(b).PromoteAsync(new PromoteRequest { Name = a.Decoder, Alias = "default", Version = a.DecoderVersion })),
        ["llmplatform.models.v1.Models/Merge"] = (b, a) => NotFound(async () =>
            await new Models.ModelsClient(b).MergeAsync(new MergeModelRequest { Model = a.Decoder, Name = "stolen" })),
        ["llmplatform.models.v1.Models/Delete"] = (b, a) => NotFound(async () =>
            await new Models.ModelsClient(b).DeleteAsync(new DeleteModelRequest { Name = a.Decoder })),
        ["llmplatform.models.v1.Models/Download"] = (b, a) => NotFound(async () =>
            await DrainAsync(new Models.ModelsClient(b).Download(new DownloadModelRequest { Model = $"{a.Decoder}@{a.DecoderVersion}" }).ResponseStream)),

        ["llmplatform.models.v1.ApiKeys/Create"] = (b, a) => Refused(
            [StatusCode.PermissionDenied],
            async () => await new ApiKeys.ApiKeysClient(b).CreateAsync(new CreateApiKeyRequest { Name = "intruder", Role = "admin", Tenant = a.Tenant })),
        ["llmplatform.models.v1.ApiKeys/List"] = async (b, a) =>
        {
            try
            {
                Assert.DoesNotContain(
                    (await new ApiKeys.ApiKeysClient(b).ListAsync(new ListApiKeysRequest())).Keys,
                    key => key.Id == a.KeyId || key.Tenant == a.Tenant);
            }
            catch (RpcException exception) when (exception.StatusCode == StatusCode.PermissionDenied)
            {
                // Keys are for admins: a user sees none at all.
            }
        },
        ["llmplatform.models.v1.ApiKeys/Revoke"] = (b, a) => Refused(
            [StatusCode.NotFound, StatusCode.PermissionDenied],
            async () => await new ApiKeys.ApiKeysClient(b).RevokeAsync(new RevokeApiKeyRequest { Id = a.KeyId })),

        // The same bytes and the same request_id as A's file: B gets a file of its own.
        ["llmplatform.files.v1.Files/Upload"] = async (b, a) =>
        {
            File file = await TenantSetup.UploadAsync(b, a.FileRequestId);
            Assert.NotEqual(a.FileId, file.Id);
            Assert.Equal(a.FileSha256, file.Sha256);
        },
        ["llmplatform.files.v1.Files/Download"] = (b, a) => NotFound(async () =>
            await DrainAsync(new Files.FilesClient(b).Download(new DownloadRequest { Id = a.FileId }).ResponseStream)),
        ["llmplatform.files.v1.Files/Get"] = (b, a) => NotFound(async () =>
            await new Files.FilesClient(b).GetAsync(new GetFileRequest { Id = a.FileId })),
        ["llmplatform.files.v1.Files/List"] = async (b, a) => Assert.DoesNotContain(
            (await new Files.FilesClient(b).ListAsync(new ListFilesRequest())).Files, file => file.Id == a.FileId),
        ["llmplatform.files.v1.Files/Delete"] = (b, a) => NotFound(async () =>
            await new Files.FilesClient(b).DeleteAsync(new DeleteFileRequest { Id = a.FileId })),

        // The same request_id as A's collection: B gets a collection of its own.
        ["llmplatform.retrieval.v1.Retrieval/CreateCollection"] = async (b, a) => Assert.NotEqual(
            a.Collection,
            (await new RetrievalClient(b).CreateCollectionAsync(new CreateCollectionRequest { Name = "notes", KeywordOnly = true, RequestId = a.CollectionRequestId })).Id),
        ["llmplatform.retrieval.v1.Retrieval/GetCollection"] = (b, a) => NotFound(async () =>
            await new RetrievalClient(b).GetCollectionAsync(new GetCollectionRequest { Id = a.Collection })),
        ["llmplatform.retrieval.v1.Retrieval/ListCollections"] = async (b, a) => Assert.DoesNotContain(
            (await new RetrievalClient(b).ListCollectionsAsync(new ListCollectionsRequest())).Collections,
            collection => collection.Id == a.Collection || collection.Tenant == a.Tenant),
        ["llmplatform.retrieval.v1.Retrieval/UpdateCollection"] = (b, a) => NotFound(async () =>
            await new RetrievalClient(b).UpdateCollectionAsync(new UpdateCollectionRequest { Id = a.Collection, Name = "stolen" })),
        ["llmplatform.retrieval.v1.Retrieval/DeleteCollection"] = (b, a) => NotFound(async () =>
            await new RetrievalClient(b).DeleteCollectionAsync(new DeleteCollectionRequest { Id = a.Collection })),
        ["llmplatform.retrieval.v1.Retrieval/ReindexCollection"] = (b, a) => NotFound(async () =>
            await new RetrievalClient(b).ReindexCollectionAsync(new ReindexCollectionRequest { Id = a.Collection, EmbeddingModel = a.Encoder })),
        ["llmplatform.retrieval.v1.Retrieval/IngestDocument"] = (b, a) => NotFound(async () =>
            await new RetrievalClient(b).IngestDocumentAsync(new IngestDocumentRequest { CollectionId = a.Collection, FileId = a.FileId })),
        ["llmplatform.retrieval.v1.Retrieval/GetDocument"] = (b, a) => NotFound(async () =>
            await new RetrievalClient(b).GetDocumentAsync(new GetDocumentRequest { CollectionId = a.Collection, Id = a.Document })),
        ["llmplatform.retrieval.v1.Retrieval/ListDocuments"] = (b, a) => NotFound(async () =>
            await new RetrievalClient(b).ListDocumentsAsync(new ListDocumentsRequest { CollectionId = a.Collection })),
        ["llmplatform.retrieval.v1.Retrieval/UpdateDocument"] = (b, a) => NotFound(async () =>
            await new RetrievalClient(b).UpdateDocumentAsync(new UpdateDocumentRequest { CollectionId = a.Collection, Id = a.Document, ReplaceAllowedGroups = true })),
        ["llmplatform.retrieval.v1.Retrieval/GetDocumentText"] = (b, a) => NotFound(async () =>
            await DrainAsync(new RetrievalClient(b).GetDocumentText(new GetDocumentTextRequest { CollectionId = a.Collection, Id = a.Document }).ResponseStream)),
        ["llmplatform.retrieval.v1.Retrieval/CancelIngest"] = (b, a) => NotFound(async () =>
            await new RetrievalClient(b).CancelIngestAsync(new CancelIngestRequest { CollectionId = a.Collection, Id = a.Document })),
        ["llmplatform.retrieval.v1.Retrieval/RetryIngest"] = (b, a) => NotFound(async () =>
            await new RetrievalClient(b).RetryIngestAsync(new RetryIngestRequest { CollectionId = a.Collection, Id = a.Document })),
        ["llmplatform.retrieval.v1.Retrieval/DeleteDocument"] = (b, a) => NotFound(async () =>
            await new RetrievalClient(b).DeleteDocumentAsync(new DeleteDocumentRequest { CollectionId = a.Collection, Id = a.Document })),
        ["llmplatform.retrieval.v1.Retrieval/Search"] = (b, a) => NotFound(async () =>
            await new RetrievalClient(b).SearchAsync(new SearchRequest { CollectionId = a.Collection, Query = TenantSetup.DocumentText })),
        ["llmplatform.retrieval.v1.Retrieval/Ask"] = (b, a) => NotFound(async () =>
            await DrainAsync(new RetrievalClient(b).Ask(new AskRequest { CollectionId = a.Collection, Question = TenantSetup.DocumentText }).ResponseStream)),

        ["llmplatform.training.v1.Training/CreateJob"] = (b, a) => Refused(
            [StatusCode.InvalidArgument],
            async () => await new TrainingClient(b).CreateJobAsync(new CreateJobRequest
            {
                RequestId = a.JobRequestId,
                Recipe = new Recipe { Objective = "sft", BaseModel = a.Decoder, TrainingFiles = { a.FileId } },
            })),
        ["llmplatform.training.v1.Training/GetJob"] = (b, a) => NotFound(async () =>
            await new TrainingClient(b).GetJobAsync(new GetJobRequest { Id = a.Job })),
        ["llmplatform.training.v1.Training/ListJobs"] = async (b, a) => Assert.DoesNotContain(
            (await new TrainingClient(b).ListJobsAsync(new ListJobsRequest())).Jobs,
            job => job.Id == a.Job || job.Tenant == a.Tenant),
        ["llmplatform.training.v1.Training/CancelJob"] = (b, a) => NotFound(async () =>
            await new TrainingClient(b).CancelJobAsync(new CancelJobRequest { Id = a.Job })),
        ["llmplatform.training.v1.Training/PauseJob"] = (b, a) => NotFound(async () =>
            await new TrainingClient(b).PauseJobAsync(new PauseJobRequest { Id = a.Job })),
        ["llmplatform.training.v1.Training/ResumeJob"] = (b, a) => NotFound(async () =>
            await new TrainingClient(b).ResumeJobAsync(new ResumeJobRequest { Id = a.Job })),
        ["llmplatform.training.v1.Training/WatchJob"] = (b, a) => NotFound(async () =>
            await DrainAsync(new TrainingClient(b).WatchJob(new WatchJobRequest { Id = a.Job }).ResponseStream)),
        ["llmplatform.training.v1.Training/ListEvents"] = (b, a) => NotFound(async () =>
            await new TrainingClient(b).ListEventsAsync(new ListEventsRequest { Id = a.Job })),
        ["llmplatform.training.v1.Training/ListCheckpoints"] = (b, a) => NotFound(async () =>
            await new TrainingClient(b).ListCheckpointsAsync(new ListCheckpointsRequest { Id = a.Job })),

        ["llmplatform.internal.v1.Identity/ResolveKey"] = (b, _) => Refused(
            [StatusCode.PermissionDenied],
            async () => await new Identity.IdentityClient(b).ResolveKeyAsync(new ResolveKeyRequest { Secret = "x" })),
        ["llmplatform.internal.v1.Registry/HoldVersion"] = (b, a) => Refused(
            [StatusCode.PermissionDenied],
            async () => await new Registry.RegistryClient(b).HoldVersionAsync(new HoldVersionRequest { Name = a.Decoder, Version = a.DecoderVersion })),
        ["llmplatform.internal.v1.Registry/ReleaseVersion"] = (b, _) => Refused(
            [StatusCode.PermissionDenied],
            async () => await new Registry.RegistryClient(b).ReleaseVersionAsync(new ReleaseVersionRequest())),
        ["llmplatform.internal.v1.Registry/GetRevision"] = (b, _) => Refused(
            [StatusCode.PermissionDenied],
            async () => await new Registry.RegistryClient(b).GetRevisionAsync(new GetRevisionRequest())),
    };

    private static Task NotFound(Func<Task> call) => Refused([StatusCode.NotFound], call);

    private static async Task Refused(StatusCode[] expected, Func<Task> call)
    {
        RpcException exception = await Assert.ThrowsAsync<RpcException>(call);
        Assert.True(expected.Contains(exception.StatusCode), $"expected {string.Join(" or ", expected)}, got {exception.Status}");
    }

    private static async Task DrainAsync<T>(IAsyncStreamReader<T> stream)
        where T : IMessage
    {
        await foreach (T _ in stream.ReadAllAsync())
        {
        }
    }
}
