using System.Diagnostics;
using LlmPlatform.Hub;
using LlmPlatform.Inference.Encoders;
using LlmPlatform.Retrieval.Index;
using LlmPlatform.Retrieval.Index.Embedded;
using LlmPlatform.Retrieval.Keywords;
using LlmPlatform.Testing;

namespace LlmPlatform.Benchmarks.Retrieval;

/// <summary>
/// The embedded index with 100,000 chunks, in this process: how long building and opening take, how long a hybrid search
/// takes whose vector is given, how much of what float32 finds is found, and how long the query's vector takes beside.
/// <c>dotnet run -c Release --project tests/Benchmarks -- index [--chunks N] [--passages N] [--characters N] [--encoder-threads N] [--vectors FILE] [--markdown FILE]</c>
/// </summary>
internal static class IndexBenchmark
{
    private const string EncoderName = "multilingual-e5-small-ko-en";
    private const string Collection = "benchmark";
    private const int ChunksOfDocument = 100;
    private const int Queries = 300;
    private const int Limit = 100;

    public static async Task<int> RunAsync(string[] args)
    {
        if (SharedData.TryFind("models", EncoderName) is not { } model || SharedData.TryFind("data", "korquad") is null)
        {
            Console.Error.WriteLine("the index's benchmark needs the reference models and data: set LLMPLATFORM_SHARED");
            return 2;
        }

        int chunks = int.Parse(Options.Find(args, "--chunks") ?? "100000");
        using SentenceEncoder encoder = SentenceEncoder.Load(
            ModelFolder.Open(model), new SentenceEncoderOptions { Threads = Options.Find(args, "--encoder-threads") is { } threads ? int.Parse(threads) : null });
        RecombinedPassages passages = await RecombinedPassages.LoadAsync(encoder, int.Parse(Options.Find(args, "--passages") ?? "961"), int.Parse(Options.Find(args, "--characters") ?? "100000"), Options.Find(args, "--vectors"));
        string folder = Directory.CreateTempSubdirectory("llmplatform-index-benchmark-").FullName;
        try
        {
            List<Measurement> measurements = [];
            EmbeddedIndexOptions options = new();
            await using (EmbeddedIndex index = new(folder, KeywordAnalyzer.Instance, options))
            {
                await BuildAsync(index, passages, chunks, measurements);
            }

            long start = Stopwatch.GetTimestamp();
            await using EmbeddedIndex opened = new(folder, KeywordAnalyzer.Instance, options);
            await opened.GetStatisticsAsync(Collection, [], CancellationToken.None);
            measurements.Add(new Measurement("opening the index again", Stopwatch.GetElapsedTime(start).TotalMilliseconds, "ms"));
            measurements.Add(new Measurement("files", Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length) / 1e6, "MB"));
            await SearchAsync(opened, encoder, passages, chunks, measurements);
            measurements.Insert(0, new Measurement("passages that were embedded", passages.Count, ""));
            BenchmarkReport.Print(Machine.Describe(), measurements, Options.Find(args, "--markdown"));
            return measurements.Any(measurement => measurement.Met == false) ? 1 : 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task BuildAsync(EmbeddedIndex index, RecombinedPassages passages, int chunks, List<Measurement> measurements)
    {
        await index.CreateAsync(Collection, passages.Dimensions, CancellationToken.None);
        GC.Collect();
        long before = GC.GetTotalMemory(forceFullCollection: true), most = 0;
        TimeSpan writing = TimeSpan.Zero, longest = TimeSpan.Zero;
        for (int first = 0; first < chunks; first += ChunksOfDocument)
        {
            IndexPoint[] points = [.. Enumerable.Range(first, Math.Min(ChunksOfDocument, chunks - first)).Select(chunk => Point(passages, chunk))];
            long start = Stopwatch.GetTimestamp();
            await index.UpsertAsync(Collection, points, CancellationToken.None);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            writing += elapsed;
            longest = elapsed > longest ? elapsed : longest;
            most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: false));
        }

        measurements.Add(new Measurement($"writing {chunks} chunks, {ChunksOfDocument} a call", writing.TotalSeconds, "s"));
        measurements.Add(new Measurement("writing", chunks / writing.TotalSeconds, "chunks/s"));
        measurements.Add(new Measurement("longest call (it merged segments)", longest.TotalMilliseconds, "ms"));
        measurements.Add(new Measurement("most managed memory while writing, above the start", (most - before) / 1e6, "MB"));
        measurements.Add(new Measurement("managed memory of the open index", (GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6, "MB"));
    }

    private static async Task SearchAsync(EmbeddedIndex index, SentenceEncoder encoder, RecombinedPassages passages, int chunks, List<Measurement> measurements)
    {
        string[] questions = [.. Enumerable.Range(0, Queries).Select(i => passages.Questions[i * passages.Questions.Length / Queries])];
        List<double> embedding = [];
        List<IndexQuery> queries = [];
        foreach (string question in questions)
        {
            long start = Stopwatch.GetTimestamp();
            Embedding[] vector = await encoder.EmbedAsync([question], new EmbedOptions { PromptName = "query", Normalize = true });
            embedding.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            List<string> terms = [];
            KeywordAnalyzer.Instance.Analyze(question, term => terms.Add(term.ToString()));
            queries.Add(new IndexQuery { Filter = new IndexFilter { Tenant = "local", ReaderGroups = [] }, Vector = vector[0].Values, Terms = terms, Limit = Limit });
        }

        measurements.Add(new Measurement("terms of a query", queries.Average(query => query.Terms.Count), "terms"));
        measurements.Add(new Measurement("embedding a query, p50", Percentile(embedding, 0.5), "ms"));
        await TimesAsync(index, queries);
        List<double> hybrid = await TimesAsync(index, queries);
        measurements.Add(Measurement.AtMost("hybrid search in the process, p50", Percentile(hybrid, 0.5), "ms", 10));
        measurements.Add(Measurement.AtMost("hybrid search in the process, p99", Percentile(hybrid, 0.99), "ms", 30));
        List<double> dense = await TimesAsync(index, [.. queries.Select(query => query with { Terms = [] })]);
        List<double> keyword = await TimesAsync(index, [.. queries.Select(query => query with { Vector = default })]);
        measurements.Add(new Measurement("dense side alone, p50", Percentile(dense, 0.5), "ms"));
        measurements.Add(new Measurement("dense side alone, p99", Percentile(dense, 0.99), "ms"));
        measurements.Add(new Measurement("keyword side alone, p50", Percentile(keyword, 0.5), "ms"));
        measurements.Add(new Measurement("keyword side alone, p99", Percentile(keyword, 0.99), "ms"));
        double recall = await RecallAsync(index, passages, chunks, queries);
        measurements.Add(new Measurement($"recall of the dense side's {Limit} against float32", 100 * recall, "%", "at least 99.9", recall >= 0.999));
    }

    private static async Task<List<double>> TimesAsync(EmbeddedIndex index, List<IndexQuery> queries)
    {
        List<double> times = [];
        foreach (IndexQuery query in queries)
        {
            long start = Stopwatch.GetTimestamp();
            await index.QueryAsync(Collection, query, CancellationToken.None);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return times;
    }

    private static async Task<double> RecallAsync(EmbeddedIndex index, RecombinedPassages passages, int chunks, List<IndexQuery> queries)
    {
        List<IndexQuery> sample = [.. queries.Where((_, i) => i % 6 == 0)];
        PriorityQueue<Guid, float>[] best = [.. sample.Select(_ => new PriorityQueue<Guid, float>())];
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            IndexPoint point = Point(passages, chunk);
            for (int i = 0; i < sample.Count; i++)
            {
                float score = System.Numerics.Tensors.TensorPrimitives.Dot(point.Vector.Span, sample[i].Vector.Span);
                best[i].Enqueue(point.Id, score);
                if (best[i].Count > Limit)
                {
                    best[i].Dequeue();
                }
            }
        }

        int found = 0;
        for (int i = 0; i < sample.Count; i++)
        {
            IndexAnswer answer = await index.QueryAsync(Collection, sample[i] with { Terms = [] }, CancellationToken.None);
            found += answer.Dense.Select(hit => hit.Id).Intersect(best[i].UnorderedItems.Select(item => item.Element)).Count();
        }

        return (double)found / (sample.Count * Limit);
    }

    private static IndexPoint Point(RecombinedPassages passages, int number)
    {
        (string text, float[] vector) = passages.At(number);
        string document = $"document-{number / ChunksOfDocument:d5}";
        return new IndexPoint
        {
            Id = IndexPoint.IdOf(document, 1, number % ChunksOfDocument),
            Tenant = "local",
            DocumentId = document,
            Revision = 1,
            Chunk = number % ChunksOfDocument,
            Text = text,
            End = text.Length,
            ContentHash = IndexPoint.HashOf(text),
            Vector = vector,
        };
    }

    private static double Percentile(List<double> times, double share) => times.Order().ElementAt((int)(share * (times.Count - 1)));
}
