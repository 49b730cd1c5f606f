using LlmPlatform.Benchmarks;
using LlmPlatform.Benchmarks.Retrieval;

return args is ["index", .. string[] rest] ? await IndexBenchmark.RunAsync(rest) : await BenchmarkRun.RunAsync(args);
