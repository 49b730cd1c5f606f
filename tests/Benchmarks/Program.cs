using LlmPlatform.Benchmarks;

return await BenchmarkRun.RunAsync(args);
