using System.Diagnostics;
using Grpc.Net.Client;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Testing;

namespace LlmPlatform.Platform.Tests.Retrieval;

/// <summary>In a real process whose sweep is ten minutes away, only the message can be what starts the work.</summary>
public sealed class NudgeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_documents_work_starts_within_two_seconds()
    {
        await using PlatformProcess platform = await PlatformProcess.StartAsync(
            new PlatformProcessOptions { Environment = new Dictionary<string, string> { ["Platform__Retrieval__SweepInterval"] = "00:10:00" } }, Ct);
        using GrpcChannel channel = GrpcChannel.ForAddress(platform.Grpc);
        RetrievalCalls calls = new(channel.CreateCallInvoker());
        Collection collection = await calls.CreateAsync("notes", null);
        // The platform's own documentation is being indexed at first, one document after the other.
        await calls.WaitAsync("docs", TimeSpan.FromSeconds(60), Ct);
        for (int i = 0; i < 3; i++)
        {
            Document document = await calls.IngestAsync(collection.Id, $"note-{i}.txt", $"Note number {i}.", null, Ct);
            Stopwatch watch = Stopwatch.StartNew();
            while (document.Status == DocumentStatus.Queued)
            {
                Assert.True(watch.Elapsed < Limit, $"still queued after {watch.Elapsed}");
                await Task.Delay(20, Ct);
                document = await calls.Client.GetDocumentAsync(new GetDocumentRequest { CollectionId = collection.Id, Id = document.Id }, cancellationToken: Ct);
            }

            Collection done = await calls.WaitAsync(collection.Id, TimeSpan.FromSeconds(30), Ct);
            Assert.Equal(i + 1, done.Documents.Completed);
        }
    }
}
