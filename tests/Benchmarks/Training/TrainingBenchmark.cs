using Grpc.Net.Client;
using LlmPlatform.Testing;

namespace LlmPlatform.Benchmarks.Training;

/// <summary>
/// What a training job costs those who chat meanwhile, in speed and in memory.
/// <c>dotnet run -c Release --project tests/Benchmarks -- training [--only memory|speed] [--pairs N] [--held-out N] [--jobs N] [--rounds N] [--markdown FILE]</c>
/// </summary>
internal static class TrainingBenchmark
{
    private const string ChatModel = "smollm2-135m-instruct";

    public static async Task<int> RunAsync(string[] args)
    {
        string? only = Options.Find(args, "--only");
        if (!OperatingSystem.IsLinux() || SharedData.TryFind("models", ChatModel) is not { } model)
        {
            Console.Error.WriteLine("the benchmark of training needs Linux (/proc) and the reference models: set LLMPLATFORM_SHARED");
            return 2;
        }

        string folder = Directory.CreateTempSubdirectory("llmplatform-benchmark-").FullName;
        PlatformProcessOptions options = new()
        {
            DataFolder = Path.Combine(folder, "data"),
            Models = new Dictionary<string, string> { [ChatModel] = model },
            // Nothing else is to be indexed meanwhile.
            Environment = new Dictionary<string, string> { ["Platform__Retrieval__Docs"] = Path.Combine(folder, "docs") },
        };
        try
        {
            // Registering the model is work of its own, done once, whose traces stay in the process that did it.
            await using (await PlatformProcess.StartAsync(options))
            {
            }

            List<Measurement> measurements = [];
            int pairs = Options.Number(args, "--pairs", 200);
            if (only is null or "memory")
            {
                await using PlatformProcess platform = await PlatformProcess.StartAsync(options);
                using GrpcChannel channel = GrpcChannel.ForAddress(platform.Grpc);
                measurements.AddRange(await new MemoryBenchmark(
                    platform, channel.CreateCallInvoker(), ChatModel, pairs, Options.Number(args, "--held-out", 50), Options.Number(args, "--jobs", 2)).RunAsync());
            }

            if (only is null or "speed")
            {
                await using PlatformProcess platform = await PlatformProcess.StartAsync(options);
                using GrpcChannel channel = GrpcChannel.ForAddress(platform.Grpc);
                measurements.AddRange(await new ChatSpeedBenchmark(
                    channel.CreateCallInvoker(), platform.Http, ChatModel, pairs, Options.Number(args, "--rounds", 3)).RunAsync());
            }

            BenchmarkReport.Print(Machine.Describe(), measurements, Options.Find(args, "--markdown"));
            return measurements.Any(measurement => measurement.Met == false) ? 1 : 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
