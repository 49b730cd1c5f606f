using LlmPlatform.Hub;
using LlmPlatform.Inference.Encoders;
using LlmPlatform.Testing;

namespace LlmPlatform.Benchmarks.Retrieval;

/// <summary>
/// Retrieval as its callers meet it: searches among 100,000 chunks, and documents ingested twice.
/// <c>dotnet run -c Release --project tests/Benchmarks -- retrieval [--only search|ingest] [--chunks N] [--questions N] [--documents N] [--encoder NAME] [--vectors FILE] [--markdown FILE]</c>
/// </summary>
internal static class RetrievalBenchmark
{
    private const string SearchEncoder = "multilingual-e5-small-ko-en";

    public static async Task<int> RunAsync(string[] args)
    {
        string encoder = Options.Find(args, "--encoder") ?? SearchEncoder;
        string? only = Options.Find(args, "--only");
        if (SharedData.TryFind("models", SearchEncoder) is not { } model || SharedData.TryFind("models", encoder) is not { } ingesting || SharedData.TryFind("data", "korquad") is null)
        {
            Console.Error.WriteLine("the benchmark of retrieval needs the reference models and data: set LLMPLATFORM_SHARED");
            return 2;
        }

        string vectors = Options.Find(args, "--vectors") ?? Path.Combine(Path.GetTempPath(), $"llmplatform-benchmark-{SearchEncoder}.json");
        RecombinedPassages passages;
        using (SentenceEncoder own = SentenceEncoder.Load(ModelFolder.Open(model), new SentenceEncoderOptions()))
        {
            passages = await RecombinedPassages.LoadAsync(own, int.MaxValue, int.MaxValue, vectors);
        }

        List<Measurement> measurements = [];
        if (only is null or "search")
        {
            int chunks = Options.Number(args, "--chunks", 100_000), questions = Options.Number(args, "--questions", 1000);
            measurements.AddRange(await InFolderAsync(SearchEncoder, model, options => new ServiceBenchmark(passages, options, SearchEncoder, chunks, questions).RunAsync()));
        }

        if (only is null or "ingest")
        {
            string[] texts = [.. Enumerable.Range(0, Options.Number(args, "--documents", 1000)).Select(i => passages.At(i).Text)];
            measurements.AddRange(await InFolderAsync(encoder, ingesting, options => new ReingestBenchmark(texts, options, encoder).RunAsync()));
        }

        BenchmarkReport.Print(Machine.Describe(), measurements, Options.Find(args, "--markdown"));
        return measurements.Any(measurement => measurement.Met == false) ? 1 : 0;
    }

    private static async Task<IReadOnlyList<Measurement>> InFolderAsync(string encoder, string model, Func<PlatformProcessOptions, Task<IReadOnlyList<Measurement>>> run)
    {
        string folder = Directory.CreateTempSubdirectory("llmplatform-benchmark-").FullName;
        try
        {
            return await run(new PlatformProcessOptions
            {
                DataFolder = Path.Combine(folder, "data"),
                Models = new Dictionary<string, string> { [encoder] = model },
                // Nothing else is to be indexed meanwhile.
                Environment = new Dictionary<string, string> { ["Platform__Retrieval__Docs"] = Path.Combine(folder, "docs") },
            });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
