using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Grpc.Core;
using LlmPlatform.Contracts.Generation.V1;

namespace LlmPlatform.Benchmarks;

/// <summary>Tokens per second of one chat and of eight at once, prefill speed, and time to first token over HTTP.</summary>
internal static class GenerationBenchmark
{
    private const int NewTokens = 96;
    private const int Concurrent = 8;
    private const int Rounds = 3;

    /// <summary>A short text, for which the model is loaded.</summary>
    public static Task LoadAsync(CallInvoker invoker, string model) =>
        GenerateAsync(new Generation.GenerationClient(invoker), model, "Once upon a time", 8);

    public static async Task<IReadOnlyList<Measurement>> RunAsync(CallInvoker invoker, Uri http, string model)
    {
        Generation.GenerationClient client = new(invoker);
        // The host is noisy: the two are measured in turn, and the best round of each counts.
        double single = 0, eight = 0, prefill = 0, firstToken = double.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            single = Math.Max(single, await RateAsync(client, model, 1));
            eight = Math.Max(eight, await RateAsync(client, model, Concurrent));
            prefill = Math.Max(prefill, await PrefillRateAsync(client, model));
            firstToken = Math.Min(firstToken, await TimeToFirstTokenAsync(http, model));
        }

        return
        [
            new("generation, one chat", single, "tokens/s"),
            new($"generation, {Concurrent} chats at once", eight, "tokens/s"),
            Measurement.AtLeast($"{Concurrent} chats against one", eight / single, "x", 1.5),
            new("prefill of 512 tokens", prefill, "tokens/s"),
            new("time to first token, short chat over HTTP", firstToken * 1000, "ms"),
        ];
    }

    /// <summary>Tokens after the first of each sequence, over the time from the first sequence's first token to the last token.</summary>
    public static async Task<double> RateAsync(Generation.GenerationClient client, string model, int sequences)
    {
        (long First, long Last, int Tokens)[] runs = await Task.WhenAll(Enumerable.Range(0, sequences)
            .Select(index => GenerateAsync(client, model, $"Story number {index}: once upon a time", NewTokens)));
        double seconds = Stopwatch.GetElapsedTime(runs.Min(run => run.First), runs.Max(run => run.Last)).TotalSeconds;
        return runs.Sum(run => run.Tokens - 1) / seconds;
    }

    private static async Task<double> PrefillRateAsync(Generation.GenerationClient client, string model)
    {
        GenerateRequest request = new() { Model = model, PromptTokens = new TokenIds(), Stopping = new StoppingParameters { MaxTokens = 1 } };

        // Every prompt is new, so that no cache of prefixes can help.
        for (int i = 0; i < 512; i++)
        {
            request.PromptTokens.Ids.Add(Random.Shared.Next(1000, 40000));
        }

        long start = Stopwatch.GetTimestamp();
        await ReadAsync(client, request);
        return 512 / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static Task<(long First, long Last, int Tokens)> GenerateAsync(Generation.GenerationClient client, string model, string prompt, int tokens) =>
        ReadAsync(client, new GenerateRequest
        {
            Model = model,
            Prompt = prompt,
            Sampling = new SamplingParameters { Temperature = 0 },
            Stopping = new StoppingParameters { MaxTokens = tokens, IgnoreEos = true },
        });

    private static async Task<(long First, long Last, int Tokens)> ReadAsync(Generation.GenerationClient client, GenerateRequest request)
    {
        long first = 0, last = 0;
        int tokens = 0;
        using AsyncServerStreamingCall<GenerateResponse> call = client.Generate(request);
        await foreach (GenerateResponse part in call.ResponseStream.ReadAllAsync())
        {
            last = Stopwatch.GetTimestamp();
            first = first == 0 ? last : first;
            tokens = part.Usage?.CompletionTokens ?? tokens;
        }

        return (first, last, tokens);
    }

    /// <summary>Seconds until the first words of a streamed chat over HTTP.</summary>
    public static async Task<double> TimeToFirstTokenAsync(Uri http, string model)
    {
        using HttpClient client = new() { BaseAddress = http };
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = JsonContent.Create(new JsonObject
            {
                ["model"] = model,
                ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "What is the capital of France?" }),
                ["max_tokens"] = 4,
                ["temperature"] = 0,
                ["stream"] = true,
            }),
        };
        long start = Stopwatch.GetTimestamp();
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync());
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("data: {", StringComparison.Ordinal)
                && JsonNode.Parse(line["data: ".Length..])?["choices"]?[0]?["delta"]?["content"]?.GetValue<string>() is { Length: > 0 })
            {
                return Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
        }

        throw new InvalidOperationException("the stream ended without a token");
    }
}
