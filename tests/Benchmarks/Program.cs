using LlmPlatform.Benchmarks;
using LlmPlatform.Benchmarks.Retrieval;

return args switch
{
    ["index", .. string[] rest] => await IndexBenchmark.RunAsync(rest),
    ["retrieval", .. string[] rest] => await RetrievalBenchmark.RunAsync(rest),
    _ => await BenchmarkRun.RunAsync(args),
};
