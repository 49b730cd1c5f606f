using System.Diagnostics;
using Grpc.Core;
using Grpc.Net.Client;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Platform.Tests.Samples;
using LlmPlatform.Testing;
using Microsoft.Data.Sqlite;

namespace LlmPlatform.Platform.Tests.Retrieval;

/// <summary>kill -9 in the midst of an ingestion: nothing is lost, nothing is there in part, nothing is there twice.</summary>
public sealed class KilledPlatformTests
{
    private const string Encoder = "tiny-encoder";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public Task Forty_documents_survive_four_kills() => SurviveAsync(documents: 40, kills: 4, seed: 11);

    [Fact]
    [Trait("Category", "Long")]
    public Task Two_hundred_documents_survive_twenty_kills() => SurviveAsync(documents: 200, kills: 20, seed: 12);

    private static async Task SurviveAsync(int documents, int kills, int seed)
    {
        string folder = Directory.CreateTempSubdirectory("llmplatform-killed-").FullName;
        try
        {
            Random random = new(seed);
            string encoder = await TinyModels.WriteEncoderAsync(Path.Combine(folder, Encoder));
            string data = Path.Combine(folder, "data");
            PlatformProcess platform = await StartAsync(data, encoder);
            string collection = (await Use(platform, calls => calls.Client.CreateCollectionAsync(
                new CreateCollectionRequest { Name = "many", EmbeddingModel = Encoder, RequestId = "many" }).ResponseAsync)).Id;

            int killed = 0;
            TimeSpan slowest = TimeSpan.Zero;
            while (killed < kills)
            {
                // Callers go on asking for what they were not told is queued; a kill comes at any moment of it.
                using CancellationTokenSource dead = new();
                Task asking = AskForAllAsync(platform, collection, documents, dies: true, dead.Token);
                await Task.Delay(random.Next(50, 1500), Ct);
                await platform.KillAsync();
                await dead.CancelAsync();
                await asking;
                killed++;
                platform = await StartAsync(data, encoder);
                slowest = platform.ReadyAfter > slowest ? platform.ReadyAfter : slowest;
            }

            Assert.True(slowest < StartLimit, $"a start after a kill took {slowest}");
            await AskForAllAsync(platform, collection, documents, dies: false, Ct);
            Collection done = await Use(platform, calls => calls.WaitAsync(collection, TimeSpan.FromMinutes(5), Ct));
            List<Document> rows = await Use(platform, calls => calls.ListAsync(collection, Ct));
            await AssertWholeAsync(platform, collection, rows, documents);
            await platform.DisposeAsync();

            Assert.Equal(documents, done.Documents.Completed);
            long points = CountPoints(data, collection);
            Assert.Equal(rows.Sum(row => row.Chunks), points);
            TestContext.Current.TestOutputHelper?.WriteLine($"{killed} kills, {rows.Count} documents, {points} chunks, slowest start {slowest.TotalSeconds:0.0} s");
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Task<PlatformProcess> StartAsync(string data, string encoder) => PlatformProcess.StartAsync(
        new PlatformProcessOptions { DataFolder = data, Models = new Dictionary<string, string> { [Encoder] = encoder } }, Ct);

    private static async Task<T> Use<T>(PlatformProcess platform, Func<RetrievalCalls, Task<T>> work)
    {
        using GrpcChannel channel = GrpcChannel.ForAddress(platform.Grpc);
        return await work(new RetrievalCalls(channel.CreateCallInvoker()));
    }

    // A document has its own request_id, so asking again does not make a second one.
    private static async Task AskForAllAsync(PlatformProcess platform, string collection, int documents, bool dies, CancellationToken cancellationToken)
    {
        using GrpcChannel channel = GrpcChannel.ForAddress(platform.Grpc);
        RetrievalCalls calls = new(channel.CreateCallInvoker());
        try
        {
            await Parallel.ForAsync(0, documents, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken }, async (i, cancellation) =>
            {
                var file = await calls.UploadAsync($"document-{i}.txt", System.Text.Encoding.UTF8.GetBytes(TextOf(i)), cancellation);
                await calls.Client.IngestDocumentAsync(
                    new IngestDocumentRequest { CollectionId = collection, FileId = file.Id, RequestId = $"document-{i}" }, cancellationToken: cancellation);
            });
        }
        catch (Exception exception) when (dies && exception is RpcException or OperationCanceledException)
        {
            // It was killed, as the test wants.
        }
    }

    private static string TextOf(int i) => string.Join("\n\n", Enumerable.Range(0, 4).Select(part =>
        $"Document {i}, part {part}. Its code is {Code(i)} and nowhere else. " + string.Concat(Enumerable.Repeat($"Sentence {part} of document {i} goes on. ", 40))));

    private static string Code(int i) => $"zq{i}x";

    private static async Task AssertWholeAsync(PlatformProcess platform, string collection, List<Document> rows, int documents)
    {
        Assert.Equal(documents, rows.Count);
        Assert.Equal(documents, rows.Select(row => row.Filename).Distinct().Count());
        Assert.All(rows, row => Assert.True(row.Status == DocumentStatus.Completed && row.IndexedRevision == row.Revision && row.Chunks > 1, $"{row}"));
        using GrpcChannel channel = GrpcChannel.ForAddress(platform.Grpc);
        RetrievalCalls calls = new(channel.CreateCallInvoker());
        for (int i = 0; i < documents; i++)
        {
            SearchResponse found = await calls.Client.SearchAsync(
                new SearchRequest { CollectionId = collection, Query = Code(i), Mode = SearchMode.Keyword, Limit = 50 }, cancellationToken: Ct);
            Document row = rows.Single(one => one.Filename == $"document-{i}.txt");
            Assert.All(found.Results, result => Assert.Equal(row.Id, result.Passage.DocumentId));
            Assert.InRange(found.Results.Count, 1, row.Chunks);
            Assert.Equal(found.Results.Count, found.Results.Select(result => result.Passage.Chunk).Distinct().Count());
        }
    }

    // What the index holds, whatever searches would show.
    private static long CountPoints(string data, string collection)
    {
        string file = Directory.EnumerateFiles(Path.Combine(data, "retrieval"), "index.db", SearchOption.AllDirectories).Single();
        using SqliteConnection connection = new($"Data Source={file}");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM points JOIN collections ON collections.number = points.collection WHERE collections.name LIKE $name || '-%'";
        command.Parameters.AddWithValue("$name", collection);
        return (long)command.ExecuteScalar()!;
    }
}
