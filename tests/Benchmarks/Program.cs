using LlmPlatform.Benchmarks;
using LlmPlatform.Benchmarks.Retrieval;
using LlmPlatform.Benchmarks.Training;

return args switch
{
    ["index", .. string[] rest] => await IndexBenchmark.RunAsync(rest),
    ["retrieval", .. string[] rest] => await RetrievalBenchmark.RunAsync(rest),
    ["training", .. string[] rest] => await TrainingBenchmark.RunAsync(rest),
    _ => await BenchmarkRun.RunAsync(args),
};
