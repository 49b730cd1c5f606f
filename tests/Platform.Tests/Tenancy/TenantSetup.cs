using Google.Protobuf;
using Grpc.Core;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.Contracts.Generation.V1;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.Platform.Tests.Retrieval;
using LlmPlatform.Platform.Tests.Samples;
using LlmPlatform.Platform.Tests.Training;
using File = LlmPlatform.Contracts.Files.V1.File;

namespace LlmPlatform.Platform.Tests.Tenancy;

/// <summary>Gives a tenant models, a file and a key.</summary>
internal static class TenantSetup
{
    /// <summary>What the tenant's file holds.</summary>
    public static readonly byte[] FileContent = "{\"messages\": []}\n"u8.ToArray();

    /// <summary>What the tenant's document says.</summary>
    public const string DocumentText = "The vault opens with the word heliotrope.";

    private const string CollectionRequestId = "collection-1";
    private const string JobRequestId = "job-1";

    public static async Task<TenantData> CreateAsync(CallInvoker invoker, string tenant, string folder)
    {
        ModelVersion decoder = await RegisterAsync(invoker, $"{tenant}-decoder", await TinyModels.WriteDecoderAsync(Path.Combine(folder, "decoder")));
        ModelVersion encoder = await RegisterAsync(invoker, $"{tenant}-encoder", await TinyModels.WriteEncoderAsync(Path.Combine(folder, "encoder")));
        string requestId = "request-1";
        File file = await UploadAsync(invoker, requestId);
        CreateApiKeyResponse key = await new ApiKeys.ApiKeysClient(invoker).CreateAsync(new CreateApiKeyRequest { Name = "of " + tenant, Role = "user" });

        RetrievalCalls retrieval = new(invoker);
        Collection collection = await retrieval.Client.CreateCollectionAsync(new CreateCollectionRequest { Name = "notes", KeywordOnly = true, RequestId = CollectionRequestId });
        Document document = await retrieval.IngestAsync(collection.Id, "vault.txt", DocumentText, null, CancellationToken.None);
        Collection done = await retrieval.WaitAsync(collection.Id, TimeSpan.FromSeconds(60), CancellationToken.None);
        Assert.Equal(1, done.Documents.Completed);

        // Loads the decoder, so that a status would name it.
        using AsyncServerStreamingCall<GenerateResponse> call = new Generation.GenerationClient(invoker).Generate(new GenerateRequest
        {
            Model = decoder.Name,
            Prompt = "hello",
            Stopping = new StoppingParameters { MaxTokens = 1 },
        });
        await foreach (GenerateResponse _ in call.ResponseStream.ReadAllAsync())
        {
        }

        // It fails, since the file has nothing to learn from; a job that has ended is as secret as another.
        Job job = await new TrainingCalls(invoker).Client.CreateJobAsync(new CreateJobRequest
        {
            RequestId = JobRequestId,
            Recipe = new Recipe { Objective = "sft", BaseModel = decoder.Name, TrainingFiles = { file.Id } },
        });

        return new TenantData(decoder.Name, decoder.Version, encoder.Name, file.Id, requestId, file.Sha256, key.Key.Id, key.Secret, tenant, collection.Id, CollectionRequestId, document.Id, job.Id, JobRequestId);
    }

    public static async Task<ModelVersion> RegisterAsync(CallInvoker invoker, string name, string folder, string baseModel = "")
    {
        RegisterModelRequest request = new() { Name = name, Lineage = new Lineage { Base = baseModel } };
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            File file = await UploadAsync(invoker, "", Path.GetFileName(path), "model", await System.IO.File.ReadAllBytesAsync(path));
            request.Files.Add(new RegisterModelFile { Path = Path.GetRelativePath(folder, path).Replace('\\', '/'), FileId = file.Id });
        }

        return await new Models.ModelsClient(invoker).RegisterAsync(request);
    }

    public static Task<File> UploadAsync(CallInvoker invoker, string requestId) =>
        UploadAsync(invoker, requestId, "pairs.jsonl", "fine-tune", FileContent);

    private static async Task<File> UploadAsync(CallInvoker invoker, string requestId, string name, string purpose, byte[] content)
    {
        const int Chunk = 1 << 20;
        using AsyncClientStreamingCall<UploadRequest, File> call = new Files.FilesClient(invoker).Upload();
        await call.RequestStream.WriteAsync(new UploadRequest { Header = new UploadHeader { Filename = name, Purpose = purpose, RequestId = requestId } });
        for (int start = 0; start < content.Length; start += Chunk)
        {
            await call.RequestStream.WriteAsync(new UploadRequest
            {
                Chunk = ByteString.CopyFrom(content, start, Math.Min(Chunk, content.Length - start)),
            });
        }

        await call.RequestStream.CompleteAsync();
        return await call;
    }
}
