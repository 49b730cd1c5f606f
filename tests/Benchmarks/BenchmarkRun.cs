using Grpc.Net.Client;
using LlmPlatform.Contracts.Generation.V1;
using LlmPlatform.Testing;

namespace LlmPlatform.Benchmarks;

/// <summary>
/// Measures the platform from outside, as a user meets it, and prints one table.
/// <c>dotnet run -c Release --project tests/Benchmarks [-- --markdown FILE]</c>
/// </summary>
internal static class BenchmarkRun
{
    private const string ChatModel = "smollm2-135m-instruct";
    private static readonly string[] Encoders = ["all-minilm-l6-v2", "multilingual-e5-small-ko-en"];

    public static async Task<int> RunAsync(string[] args)
    {
        string? markdown = args is ["--markdown", string path] ? path : null;
        if (SharedData.TryFind("models", ChatModel) is null)
        {
            Console.Error.WriteLine("benchmarks need the reference models: set LLMPLATFORM_SHARED");
            return 2;
        }

        string dataFolder = Directory.CreateTempSubdirectory("llmplatform-benchmark-").FullName;
        try
        {
            PlatformProcessOptions options = new()
            {
                DataFolder = dataFolder,
                Models = new[] { ChatModel }.Concat(Encoders).ToDictionary(name => name, name => SharedData.TryFind("models", name)!),
            };
            List<Measurement> measurements = [];
            string processor = await MeasureAsync(options, measurements);
            BenchmarkReport.Print(processor, measurements, markdown);
            return measurements.Any(measurement => measurement.Met == false) ? 1 : 0;
        }
        finally
        {
            Directory.Delete(dataFolder, recursive: true);
        }
    }

    private static async Task<string> MeasureAsync(PlatformProcessOptions options, List<Measurement> measurements)
    {
        TimeSpan firstStart;
        await using (PlatformProcess first = await PlatformProcess.StartAsync(options))
        {
            firstStart = first.ReadyAfter;
        }

        await using PlatformProcess platform = await PlatformProcess.StartAsync(options);
        measurements.Add(new Measurement("ready after the first start (data folder empty)", firstStart.TotalSeconds, "s"));
        measurements.Add(Measurement.AtMost("ready after a later start", platform.ReadyAfter.TotalSeconds, "s", 10));

        using GrpcChannel channel = GrpcChannel.ForAddress(platform.Grpc);
        double idle = Machine.ResidentMegabytes(platform.Id);
        await GenerationBenchmark.LoadAsync(channel.CreateCallInvoker(), ChatModel);
        double loaded = Machine.ResidentMegabytes(platform.Id);
        GetStatusResponse status = await new Generation.GenerationClient(channel).GetStatusAsync(new GetStatusRequest());
        double weights = status.Models.Single(model => model.Model == ChatModel).WeightBytes / 1e6;
        measurements.Add(new Measurement("resident memory before any model is loaded", idle, "MB"));
        measurements.Add(new Measurement($"weights held of {ChatModel}", weights, "MB"));
        measurements.Add(Measurement.AtMost($"resident memory with {ChatModel} loaded, after a short text", loaded, "MB", (1.3 * weights) + 200));

        measurements.AddRange(await GenerationBenchmark.RunAsync(channel.CreateCallInvoker(), platform.Http, ChatModel));
        measurements.Add(new Measurement("resident memory after all of that", Machine.ResidentMegabytes(platform.Id), "MB"));
        foreach (string encoder in Encoders)
        {
            measurements.AddRange(await EmbeddingBenchmark.RunAsync(channel.CreateCallInvoker(), encoder));
        }

        return $"{status.Processor} ({status.Kernels})";
    }
}
