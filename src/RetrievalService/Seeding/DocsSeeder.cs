using System.Security.Cryptography;
using LlmPlatform.Retrieval.Chunking;
using LlmPlatform.RetrievalService.Collections;
using LlmPlatform.RetrievalService.Data;
using LlmPlatform.RetrievalService.Documents;
using LlmPlatform.RetrievalService.Ingest;
using LlmPlatform.RetrievalService.Models;
using LlmPlatform.RetrievalService.Rows;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.EntityFrameworkCore;

namespace LlmPlatform.RetrievalService.Seeding;

/// <summary>
/// Keeps the collection <c>docs</c> of tenant <c>platform</c> like the documentation that came with the program: queues
/// files that are new or changed, removes those that are gone. Ingestion goes the way of all documents, visibly.
/// </summary>
internal sealed partial class DocsSeeder(
    PlatformDocs docs,
    CollectionStore collections,
    DocumentStore documents,
    EncoderCatalog encoders,
    IngestSignal signal,
    IDbContextFactory<RetrievalDbContext> contexts,
    ICallerTokens callers,
    IHostApplicationLifetime lifetime,
    ILogger<DocsSeeder> log) : BackgroundService
{
    private const string CollectionId = "docs";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration onStarted = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (stoppingToken.IsCancellationRequested)
        {
            return;
        }

        try
        {
            await SeedAsync(stoppingToken);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            // The platform works without its documentation; the next start tries again.
            LogFailed(exception);
        }
    }

    private async Task SeedAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string> files = docs.List();
        if (files.Count == 0)
        {
            return;
        }

        using IDisposable scope = callers.ActAs(CallerIdentity.User(Tenants.Platform));
        await EnsureCollectionAsync(cancellationToken);
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        Dictionary<string, DocumentRow> there = await context.Documents.AsNoTracking()
            .Where(row => row.CollectionId == CollectionId).ToDictionaryAsync(row => row.FileId, cancellationToken);
        int queued = 0;
        foreach (string file in files)
        {
            byte[] bytes = await docs.ReadAsync(file, cancellationToken);
            string sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
            if (there.Remove(file, out DocumentRow? row) && row.Sha256 == sha256)
            {
                continue;
            }

            await documents.IngestAsync(
                new NewDocument
                {
                    Tenant = Tenants.Platform,
                    CollectionId = CollectionId,
                    FileId = file,
                    Filename = file[(file.IndexOf('/') + 1)..],
                    Sha256 = sha256,
                    Size = bytes.Length,
                    DocumentId = row?.Id,
                },
                _ => true,
                cancellationToken);
            queued++;
        }

        foreach (DocumentRow gone in there.Values)
        {
            await documents.DeleteAsync(gone, cancellationToken);
        }

        if (queued > 0)
        {
            signal.Wake();
            LogQueued(queued, CollectionId);
        }
    }

    private async Task EnsureCollectionAsync(CancellationToken cancellationToken)
    {
        await using RetrievalDbContext context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.Collections.AnyAsync(row => row.Id == CollectionId, cancellationToken))
        {
            return;
        }

        Encoder? encoder = await encoders.FindDefaultAsync(cancellationToken);
        ChunkingOptions chunking = CollectionHandlers.DefaultChunking(encoder);
        CollectionRow row = new()
        {
            Id = CollectionId,
            Tenant = Tenants.Platform,
            Name = CollectionId,
            Description = "The documentation of this platform.",
            MaxChunkTokens = chunking.MaxTokens,
            ChunkOverlapTokens = chunking.OverlapTokens,
        };
        await collections.AddAsync(row, encoder, cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "{Count} documents of the platform's own documentation are being indexed as collection {Collection}")]
    private partial void LogQueued(int count, string collection);

    [LoggerMessage(LogLevel.Warning, "The platform's own documentation was not indexed")]
    private partial void LogFailed(Exception exception);
}
