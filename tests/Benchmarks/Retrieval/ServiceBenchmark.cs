using System.Diagnostics;
using Google.Protobuf;
using Grpc.Net.Client;
using LlmPlatform.Contracts.Embedding.V1;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Testing;
using EmbeddingClient = LlmPlatform.Contracts.Embedding.V1.Embedding.EmbeddingClient;
using RetrievalClient = LlmPlatform.Contracts.Retrieval.V1.Retrieval.RetrievalClient;

namespace LlmPlatform.Benchmarks.Retrieval;

/// <summary>
/// Searches over gRPC in a collection of 100,000 chunks, in a platform that runs as a process of its own: through the
/// gateway, to the service, and back.
/// </summary>
internal sealed class ServiceBenchmark(RecombinedPassages passages, PlatformProcessOptions options, string encoder, int chunks, int questions)
{
    private const int WarmUp = 100;
    private const int Fewer = 300;
    private const int RecallQuestions = 200;
    private const int Nearest = 50;

    private readonly List<Measurement> _measurements = [];

    public async Task<IReadOnlyList<Measurement>> RunAsync()
    {
        Collection collection = await CreateAsync();
        LargeCollection large = new(collection, passages, chunks);
        _measurements.AddRange(await large.WriteAsync(options.DataFolder!));
        string index = Path.Combine(options.DataFolder!, "retrieval");
        _measurements.Add(new Measurement("files of rows and index", Directory.GetFiles(index, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length) / 1e6, "MB"));

        await using PlatformProcess platform = await PlatformProcess.StartAsync(options);
        using GrpcChannel channel = GrpcChannel.ForAddress(platform.Grpc);
        RetrievalClient client = new(channel);
        List<(string Text, ByteString Vector)> queries = await EmbedAsync(new EmbeddingClient(channel));
        long first = Stopwatch.GetTimestamp();
        await SearchAsync(client, collection, queries[0], SearchMode.Hybrid);
        _measurements.Add(new Measurement("platform ready after its start with that collection", platform.ReadyAfter.TotalSeconds, "s"));
        _measurements.Add(new Measurement("first search after the start (it opens the index, unless the check at the start did)", Stopwatch.GetElapsedTime(first).TotalMilliseconds, "ms"));
        await TimesAsync(client, collection, queries.Take(WarmUp), SearchMode.Hybrid);

        Times hybrid = await TimesAsync(client, collection, queries, SearchMode.Hybrid);
        _measurements.Add(Bar($"hybrid search over gRPC, vector given, {queries.Count} questions, p50", hybrid.Median, 25, 10));
        _measurements.Add(Bar($"hybrid search over gRPC, vector given, {queries.Count} questions, p99", hybrid.Percentile99, 80, 30));
        Add("dense search over gRPC, vector given", await TimesAsync(client, collection, queries.Take(Fewer), SearchMode.Dense));
        Add("keyword search over gRPC", await TimesAsync(client, collection, queries.Take(Fewer), SearchMode.Keyword));
        Add("hybrid search over gRPC, the service embeds the query", await TimesAsync(client, collection, queries.Take(Fewer).Select(query => (query.Text, ByteString.Empty)), SearchMode.Hybrid));
        double recall = await RecallAsync(client, collection, large, [.. queries.Take(RecallQuestions)]);
        _measurements.Add(new Measurement($"recall of dense search's {Nearest} against float32, {Math.Min(RecallQuestions, queries.Count)} questions", 100 * recall, "%", "at least 99.9", recall >= 0.999));
        _measurements.Add(new Measurement("resident memory of the platform after that (mapped files included)", Machine.ResidentMegabytes(platform.Id), "MB"));
        _measurements.Add(new Measurement("most resident memory of the platform", Machine.ResidentMegabytes(platform.Id, "VmHWM"), "MB"));
        return _measurements;
    }

    private async Task<Collection> CreateAsync()
    {
        await using PlatformProcess platform = await PlatformProcess.StartAsync(options);
        using GrpcChannel channel = GrpcChannel.ForAddress(platform.Grpc);
        return await new RetrievalClient(channel).CreateCollectionAsync(new CreateCollectionRequest { Name = "large", EmbeddingModel = encoder, DenseWeight = 0.2 });
    }

    private async Task<List<(string Text, ByteString Vector)>> EmbedAsync(EmbeddingClient client)
    {
        string[] texts = [.. Enumerable.Range(0, questions).Select(i => passages.Questions[(int)((long)i * passages.Questions.Length / questions)])];
        List<(string, ByteString)> queries = [];
        await EmbedAsync(texts[0]);
        Times times = await Times.OfAsync(texts, async text => queries.Add((text, await EmbedAsync(text))));
        Add($"embedding a query over gRPC with {encoder}", times);
        return queries;

        async Task<ByteString> EmbedAsync(string text) => (await client.EmbedAsync(new EmbedRequest
        {
            Model = encoder,
            Inputs = { new EmbedInput { Text = text } },
            Options = new EmbedOptions { InputType = InputType.Query, Normalize = true },
        })).Embeddings[0].Values;
    }

    private static Task<Times> TimesAsync(RetrievalClient client, Collection collection, IEnumerable<(string Text, ByteString Vector)> queries, SearchMode mode) =>
        Times.OfAsync(queries, query => SearchAsync(client, collection, query, mode));

    private static async Task<SearchResponse> SearchAsync(RetrievalClient client, Collection collection, (string Text, ByteString Vector) query, SearchMode mode, int limit = 10)
    {
        SearchResponse response = await client.SearchAsync(
            new SearchRequest { CollectionId = collection.Id, Query = query.Text, QueryVector = query.Vector, Mode = mode, Limit = limit });
        return response.Results.Count == limit ? response : throw new InvalidOperationException($"{response.Results.Count} results, expected {limit}");
    }

    private static async Task<double> RecallAsync(RetrievalClient client, Collection collection, LargeCollection large, List<(string Text, ByteString Vector)> queries)
    {
        HashSet<(string Document, int Chunk)>[] nearest = large.Nearest([.. queries.Select(query => LargeCollection.Unpack(query.Vector))], Nearest);
        int found = 0;
        for (int i = 0; i < queries.Count; i++)
        {
            SearchResponse response = await SearchAsync(client, collection, queries[i], SearchMode.Dense, Nearest);
            found += response.Results.Count(result => nearest[i].Contains((result.Passage.DocumentId, result.Passage.Chunk)));
        }

        return (double)found / (queries.Count * Nearest);
    }

    private static Measurement Bar(string name, double value, double bar, double aim) =>
        new(name, value, "ms", $"at most {bar}, aim {aim}{(value <= aim ? " (met)" : "")}", value <= bar);

    private void Add(string name, Times times)
    {
        _measurements.Add(new Measurement(name + ", p50", times.Median, "ms"));
        _measurements.Add(new Measurement(name + ", p99", times.Percentile99, "ms"));
    }
}
