using LlmPlatform.Retrieval.Answering;
using LlmPlatform.Retrieval.Documents;
using LlmPlatform.Retrieval.Documents.Sandbox;
using LlmPlatform.Retrieval.Index;
using LlmPlatform.Retrieval.Index.Embedded;
using LlmPlatform.Retrieval.Keywords;
using LlmPlatform.Retrieval.Search;
using LlmPlatform.RetrievalService.Answering;
using LlmPlatform.RetrievalService.Chores;
using LlmPlatform.RetrievalService.Collections;
using LlmPlatform.RetrievalService.Data;
using LlmPlatform.RetrievalService.Documents;
using LlmPlatform.RetrievalService.Ingest;
using LlmPlatform.RetrievalService.Models;
using LlmPlatform.RetrievalService.Reindexing;
using LlmPlatform.RetrievalService.Searching;
using LlmPlatform.RetrievalService.Seeding;
using LlmPlatform.RetrievalService.Weighing;
using LlmPlatform.ServiceDefaults.Data;
using LlmPlatform.ServiceDefaults.Grpc;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LlmPlatform.RetrievalService;

/// <summary>The retrieval service as a part of a process: collections, ingestion and search.</summary>
public static class RetrievalModule
{
    private const string Service = "retrieval";

    /// <summary>Registers what the service needs.</summary>
    /// <exception cref="InvalidOperationException">A setting is wrong; the message names it.</exception>
    public static T AddRetrieval<T>(this T builder)
        where T : IHostApplicationBuilder
    {
        IServiceCollection services = builder.Services;
        RetrievalOptions options = RetrievalOptions.From(builder.Configuration);
        services.AddSingleton(options);
        AddClients(builder);
        AddLibrary(services, options);

        builder.AddPlatformDatabase<RetrievalDbContext, SqliteRetrievalDbContext>(Service);
        services.AddSingleton<EncoderCatalog>().AddSingleton<VersionHolds>().AddSingleton<TextEmbedder>().AddSingleton<TokenCounters>().AddSingleton<FileContents>();
        services.AddSingleton<CollectionStore>().AddSingleton<CollectionHandlers>();
        services.AddSingleton<DocumentStore>().AddSingleton<DocumentHandlers>();
        services.AddSingleton<CollectionSearch>().AddSingleton<SearchHandler>();
        services.AddSingleton<IngestSignal>().AddSingleton<IngestRows>().AddSingleton<IngestStages>().AddSingleton<DocumentIngest>();
        services.AddSingleton<RunningIngests>().AddSingleton<VectorSource>();
        services.AddSingleton<ChoreSignal>().AddSingleton<IndexChores>().AddSingleton<IndexReconciliation>();
        services.AddSingleton<ReindexSignal>().AddSingleton<ReindexRows>().AddSingleton<CollectionReindex>();
        services.AddSingleton<PlatformDocs>();
        services.AddSingleton<CollectionWeight>();
        services.AddSingleton<SentenceComparer>().AddSingleton<AskHandler>().AddSingleton<IChatClient, PlatformChatClient>();

        services.AddHostedService<DatabaseStart>();
        services.AddHostedService<QueueDepth>();
        for (int worker = 0; worker < options.Workers; worker++)
        {
            // AddHostedService would take the second of a kind for the first.
            services.AddSingleton<IHostedService, IngestLoop>();
        }

        services.AddHostedService<ChoreLoop>();
        services.AddHostedService<ReindexLoop>();
        services.AddHostedService<EncoderWatch>();
        services.AddHostedService<WeighingLoop>();
        services.AddHostedService<DocsSeeder>();
        return builder;
    }

    /// <summary>Maps llmplatform.retrieval.v1.</summary>
    public static void MapRetrieval(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGrpcService<RetrievalGrpc>().RequireAuthorization(Policies.Caller);

    private static void AddClients(IHostApplicationBuilder builder)
    {
        builder.AddPlatformClient<Contracts.Models.V1.Models.ModelsClient>("models", "List", "Get");
        builder.AddPlatformClient<Contracts.Files.V1.Files.FilesClient>("models", "List", "Get");
        builder.AddPlatformClient<Contracts.Internal.V1.Registry.RegistryClient>("models", "HoldVersion", "ReleaseVersion", "GetRevision");
        builder.AddPlatformClient<Contracts.Embedding.V1.Embedding.EmbeddingClient>("embedding", "Embed");
        builder.AddPlatformClient<Contracts.Generation.V1.Generation.GenerationClient>("generation");
        builder.AddPlatformClient<Contracts.Tokenizer.V1.Tokenizer.TokenizerClient>("tokenizer", "EncodeBatch");
    }

    private static void AddLibrary(IServiceCollection services, RetrievalOptions options)
    {
        services.TryAddSingleton<ITextAnalyzer>(KeywordAnalyzer.Instance);
        services.TryAddSingleton<IChunkIndex>(provider => new EmbeddedIndex(
            provider.GetRequiredService<DataFolder>().Folder(Service, "index"), provider.GetRequiredService<ITextAnalyzer>()));
        services.TryAddSingleton<IDocumentReader>(provider => new DocumentWorkerPool(
            new DocumentWorkerOptions { Workers = options.Workers, Limits = new DocumentLimits { MaxBytes = options.MaxDocumentBytes } },
            logger: provider.GetRequiredService<ILogger<DocumentWorkerPool>>()));
        services.TryAddSingleton<HybridSearcher>();
        services.AddSingleton<DenseWeightMeasurement>().AddSingleton<ExtractiveAnswerer>().AddSingleton<GenerativeAnswerer>();
        services.TryAddSingleton<ChunkDocument>(async (document, chunking, counter, cancellationToken) =>
            await Retrieval.Chunking.DocumentChunker.SplitAsync(document, chunking, counter, cancellationToken));
    }
}
