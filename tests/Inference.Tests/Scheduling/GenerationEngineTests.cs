using LlmPlatform.Inference.Sampling;
using LlmPlatform.Inference.Scheduling;

namespace LlmPlatform.Inference.Tests.Scheduling;

public sealed class GenerationEngineTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_prompt_is_continued_token_by_token_until_the_limit()
    {
        await using GenerationEngine engine = Engine(new FakeBackend());
        List<GenerationChunk> chunks = await Read(engine.GenerateAsync(Greedy([9, 10, 11], 5), Token));

        List<int> expected = FakeBackend.Continuation([9, 10, 11], 5);
        Assert.Equal(expected, chunks.SelectMany(chunk => chunk.TokenIds));
        Assert.Equal(FakeBackend.Letters.Text(expected), string.Concat(chunks.Select(chunk => chunk.Text)));
        Assert.Equal(FinishReason.Length, chunks[^1].FinishReason);
        Assert.All(chunks.SkipLast(1), chunk => Assert.Null(chunk.FinishReason));
        Assert.Equal(3, chunks[^1].PromptTokens);
        Assert.Equal(5, chunks[^1].CompletionTokens);
        Assert.Equal(5, chunks.Count);
    }

    [Fact]
    public async Task An_end_token_ends_the_text_and_leaves_no_text_of_its_own()
    {
        List<int> all = FakeBackend.Continuation([9], 6);
        int end = all.FindIndex(3, id => all.IndexOf(id) >= 3);
        await using GenerationEngine engine = Engine(new FakeBackend(), eos: [all[end]]);
        List<GenerationChunk> chunks = await Read(engine.GenerateAsync(Greedy([9], 6), Token));

        Assert.Equal(FinishReason.Stop, chunks[^1].FinishReason);
        Assert.Equal(all[..(end + 1)], chunks.SelectMany(chunk => chunk.TokenIds));
        Assert.Equal(FakeBackend.Letters.Text(all[..end]), string.Concat(chunks.Select(chunk => chunk.Text)));
    }

    [Fact]
    public async Task A_stop_string_across_tokens_is_cut_and_never_shown_in_part()
    {
        List<int> all = FakeBackend.Continuation([9], 8);
        string stop = FakeBackend.Letters.Text(all[3..6]);
        await using GenerationEngine engine = Engine(new FakeBackend());
        List<GenerationChunk> chunks = await Read(engine.GenerateAsync(Greedy([9], 8) with { Stop = [stop, "never"] }, Token));

        Assert.Equal(FakeBackend.Letters.Text(all[..3]), string.Concat(chunks.Select(chunk => chunk.Text)));
        Assert.Equal(FinishReason.Stop, chunks[^1].FinishReason);
        Assert.Equal(6, chunks[^1].CompletionTokens);
    }

    [Fact]
    public async Task Sequences_join_and_leave_between_steps_and_do_not_change_each_other()
    {
        using SemaphoreSlim steps = new(0);
        FakeBackend backend = new();
        List<int> sizes = [];
        backend.BeforeStep = inputs =>
        {
            sizes.Add(inputs.Count);
            Assert.True(steps.Wait(Patience));
        };
        await using GenerationEngine engine = Engine(backend);
        Task<List<GenerationChunk>> first = Read(engine.GenerateAsync(Greedy([20], 6), Token));
        await Until(() => sizes.Count == 1);
        Task<List<GenerationChunk>> second = Read(engine.GenerateAsync(Greedy([21, 22], 2), Token));
        await Until(() => engine.GetStatus().WaitingSequences == 1);
        steps.Release(100);
        List<GenerationChunk>[] results = await Task.WhenAll(first, second).WaitAsync(Patience, Token);

        Assert.Equal([1, 2, 2, 1, 1, 1], sizes);
        Assert.Equal(FakeBackend.Continuation([20], 6), results[0].SelectMany(chunk => chunk.TokenIds));
        Assert.Equal(FakeBackend.Continuation([21, 22], 2), results[1].SelectMany(chunk => chunk.TokenIds));
    }

    [Fact]
    public async Task Long_prompts_are_run_in_pieces_beside_those_that_generate()
    {
        FakeBackend backend = new();
        List<(int Sequences, int Tokens, int Largest)> steps = [];
        using SemaphoreSlim go = new(0);
        backend.BeforeStep = inputs =>
        {
            Assert.True(go.Wait(Patience));
            steps.Add((inputs.Count, inputs.Sum(input => input.Tokens.Length), inputs.Max(input => input.Tokens.Length)));
        };
        int[] prompt = [.. Enumerable.Range(0, 200).Select(i => 8 + (i % 50))];
        await using GenerationEngine engine = Engine(backend, options: new GenerationEngineOptions { StepTokens = 32 });
        Task<List<GenerationChunk>>[] all = [.. Enumerable.Range(0, 3).Select(i => Read(engine.GenerateAsync(Greedy([.. prompt, 8 + i], 10), Token)))];
        await Until(() => engine.GetStatus().ActiveSequences + engine.GetStatus().WaitingSequences == 3);
        go.Release(1000);
        await Task.WhenAll(all).WaitAsync(Patience, Token);

        Assert.All(steps, step => Assert.True(step.Tokens <= 32));
        Assert.Contains(steps, step => step.Sequences == 3 && step.Tokens == 32);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(FakeBackend.Continuation([.. prompt, 8 + i], 10), (await all[i]).SelectMany(chunk => chunk.TokenIds));
        }
    }

    [Fact]
    public async Task A_short_prompt_does_not_wait_for_a_long_one_before_it()
    {
        FakeBackend backend = new();
        int stepOfShort = 0, step = 0;
        using SemaphoreSlim steps = new(0);
        backend.BeforeStep = _ =>
        {
            step++;
            Assert.True(steps.Wait(Patience));
        };
        await using GenerationEngine engine = Engine(backend, options: new GenerationEngineOptions { StepTokens = 16 });
        int[] prompt = [.. Enumerable.Repeat(9, 400)];
        Task<List<GenerationChunk>> first = Read(engine.GenerateAsync(Greedy(prompt, 1), Token));
        Task<List<GenerationChunk>> second = Read(engine.GenerateAsync(Greedy([10], 1), Token));
        await Until(() => engine.GetStatus().ActiveSequences + engine.GetStatus().WaitingSequences == 2);
        while (!second.IsCompleted)
        {
            steps.Release();
            await Task.Delay(1, Token);
            stepOfShort = step;
        }

        steps.Release(100);
        await first.WaitAsync(Patience, Token);
        Assert.InRange(stepOfShort, 1, 20);
        Assert.True(step >= 25, $"only {step} steps for both");
    }

    [Fact]
    public async Task Who_goes_away_has_left_the_batch_before_the_next_step_and_freed_the_room()
    {
        FakeBackend backend = new();
        using CancellationTokenSource leaving = new();
        using SemaphoreSlim inStep = new(0);
        using SemaphoreSlim goOn = new(0);
        int steps = 0;
        backend.BeforeStep = _ =>
        {
            if (++steps == 3)
            {
                inStep.Release();
                Assert.True(goOn.Wait(Patience));
            }
        };
        await using GenerationEngine engine = Engine(backend);
        Task reading = Read(engine.GenerateAsync(Greedy([20], 400), leaving.Token));
        Assert.True(await inStep.WaitAsync(Patience, Token));
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        goOn.Release();
        await Until(() => engine.GetStatus().ActiveSequences == 0);

        Assert.Equal(3, steps);
        Assert.Equal(0, backend.OpenSequences);
        Assert.Equal(4096, engine.GetStatus().FreeTokens);
    }

    [Fact]
    public async Task Leaving_the_stream_without_cancelling_leaves_the_batch_too()
    {
        await using GenerationEngine engine = Engine(new FakeBackend());
        await foreach (GenerationChunk chunk in engine.GenerateAsync(Greedy([20], 500), Token))
        {
            break;
        }

        await Until(() => engine.GetStatus() is { ActiveSequences: 0, FreeTokens: 4096 });
    }

    [Fact]
    public async Task The_queue_is_bounded_and_says_when_to_come_again()
    {
        using SemaphoreSlim steps = new(0);
        FakeBackend backend = new() { BeforeStep = _ => Assert.True(steps.Wait(Patience)) };
        GenerationEngineOptions options = new() { MaxActiveSequences = 1, MaxWaitingSequences = 2 };
        await using GenerationEngine engine = Engine(backend, options: options);
        List<Task<List<GenerationChunk>>> running = [Read(engine.GenerateAsync(Greedy([20], 2), Token))];
        await Until(() => engine.GetStatus().ActiveSequences == 1);
        running.Add(Read(engine.GenerateAsync(Greedy([21], 2), Token)));
        running.Add(Read(engine.GenerateAsync(Greedy([22], 2), Token)));
        await Until(() => engine.GetStatus().WaitingSequences == 2);

        QueueFullException refused = await Assert.ThrowsAsync<QueueFullException>(() => Read(engine.GenerateAsync(Greedy([23], 2), Token)));
        Assert.InRange(refused.RetryAfter, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        steps.Release(100);
        await Task.WhenAll(running).WaitAsync(Patience, Token);
        Assert.Single(await Read(engine.GenerateAsync(Greedy([23], 1), Token)));
    }

    [Fact]
    public async Task A_high_limit_does_not_keep_room_that_is_not_used()
    {
        List<int> all = FakeBackend.Continuation([9], 20);
        int end = all.First(id => all.IndexOf(id) >= 3);
        FakeBackend backend = new(capacity: 512, contextLength: 512);
        int most = 0;
        using SemaphoreSlim go = new(0);
        backend.BeforeStep = inputs =>
        {
            Assert.True(go.Wait(Patience));
            most = Math.Max(most, inputs.Count);
        };
        await using GenerationEngine engine = Engine(backend, eos: [end]);
        Task<List<GenerationChunk>>[] chats = [.. Enumerable.Range(0, 6).Select(_ => Read(engine.GenerateAsync(Greedy([9], int.MaxValue), Token)))];
        await Until(() => engine.GetStatus() is var status && status.ActiveSequences + status.WaitingSequences == 6);
        go.Release(1000);
        await Task.WhenAll(chats).WaitAsync(Patience, Token);
        Assert.Equal(6, most);
    }

    [Fact]
    public async Task When_room_runs_out_the_youngest_is_run_again_later_and_no_text_changes()
    {
        FakeBackend backend = new(capacity: 300, contextLength: 300);
        int most = 0;
        backend.BeforeStep = inputs => most = Math.Max(most, inputs.Count);
        await using GenerationEngine engine = Engine(backend, options: new GenerationEngineOptions { StepTokens = 16 });
        Task<List<GenerationChunk>>[] chats = [.. Enumerable.Range(0, 4).Select(i => Read(engine.GenerateAsync(Greedy([8 + i, 9], 250), Token)))];
        await Task.WhenAll(chats).WaitAsync(Patience, Token);

        for (int i = 0; i < 4; i++)
        {
            List<GenerationChunk> chunks = await chats[i];
            Assert.Equal(FakeBackend.Continuation([8 + i, 9], 250), Ids(chunks));
            Assert.Equal(Enumerable.Range(1, 250), chunks.Select(chunk => chunk.CompletionTokens));
        }

        Assert.True(most > 1, "they did not run together");
        Assert.True(backend.Opened > 4, "nothing was put back");
        await Until(() => engine.GetStatus() is { ActiveSequences: 0, WaitingSequences: 0, FreeTokens: 300 });
    }

    [Fact]
    public async Task Who_was_put_back_into_the_queue_can_leave_from_there()
    {
        FakeBackend backend = new(capacity: 140, contextLength: 140);
        using SemaphoreSlim steps = new(0);
        backend.BeforeStep = _ => Assert.True(steps.Wait(Patience));
        await using GenerationEngine engine = Engine(backend);
        using CancellationTokenSource leaving = new();
        Task<List<GenerationChunk>> older = Read(engine.GenerateAsync(Greedy([20, 21], 130), Token));
        await Until(() => engine.GetStatus().ActiveSequences == 1);
        Task<List<GenerationChunk>> younger = Read(engine.GenerateAsync(Greedy([22, 23], 130), leaving.Token));
        await Until(() => engine.GetStatus().WaitingSequences == 1);
        while (engine.GetStatus().StepsExecuted < 90)
        {
            steps.Release();
            await Task.Delay(1, Token);
        }

        await Until(() => engine.GetStatus() is { ActiveSequences: 1, WaitingSequences: 1 });
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => younger);
        await Until(() => engine.GetStatus().WaitingSequences == 0);
        steps.Release(1000);
        Assert.Equal(FakeBackend.Continuation([20, 21], 130), Ids(await older.WaitAsync(Patience, Token)));
    }

    [Fact]
    public async Task A_request_waits_until_there_is_room_to_start_it()
    {
        FakeBackend backend = new(capacity: 100, contextLength: 100);
        int most = 0;
        backend.BeforeStep = _ => most = Math.Max(most, backend.OpenSequences);
        await using GenerationEngine engine = Engine(backend);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Read(engine.GenerateAsync(Greedy([8 + i], 39), Token)))).WaitAsync(Patience, Token);
        Assert.InRange(most, 1, 2);
    }

    [Fact]
    public async Task A_prompt_without_room_for_a_token_is_refused_with_both_numbers()
    {
        await using GenerationEngine engine = Engine(new FakeBackend(contextLength: 16));
        PromptTooLongException refused = Assert.Throws<PromptTooLongException>(() => { engine.GenerateAsync(Greedy([.. Enumerable.Repeat(9, 16)], 1), Token); });
        Assert.Equal(16, refused.PromptTokens);
        Assert.Equal(16, refused.ContextLength);
        Assert.Contains("16", refused.Message, StringComparison.Ordinal);
        List<GenerationChunk> chunks = await Read(engine.GenerateAsync(Greedy([.. Enumerable.Repeat(9, 12)], 100), Token));
        Assert.Equal(4, chunks[^1].CompletionTokens);
        Assert.Equal(FinishReason.Length, chunks[^1].FinishReason);
    }

    [Fact]
    public async Task A_step_that_fails_fails_its_sequences_and_the_loop_goes_on()
    {
        FakeBackend backend = new();
        bool fail = true;
        backend.BeforeStep = _ =>
        {
            if (fail)
            {
                fail = false;
                throw new InvalidOperationException("broken");
            }
        };
        await using GenerationEngine engine = Engine(backend);
        GenerationFailedException failure = await Assert.ThrowsAsync<GenerationFailedException>(() => Read(engine.GenerateAsync(Greedy([20], 3), Token)));
        Assert.IsType<InvalidOperationException>(failure.InnerException);
        Assert.Equal(3, (await Read(engine.GenerateAsync(Greedy([20], 3), Token)))[^1].CompletionTokens);
        Assert.Equal(0, backend.OpenSequences);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_text_in_any_company()
    {
        await using GenerationEngine engine = Engine(new FakeBackend());
        GenerationRequest request = new()
        {
            PromptIds = [20, 21],
            MaxTokens = 40,
            Sampling = new SamplingOptions { Temperature = 3, TopK = 40, TopP = 0.95f, Seed = 7 },
        };
        List<int> alone = Ids(await Read(engine.GenerateAsync(request, Token)));
        Task<List<GenerationChunk>>[] company = [.. Enumerable.Range(0, 8).Select(i =>
            Read(engine.GenerateAsync(i == 5 ? request : request with { Sampling = request.Sampling with { Seed = (ulong)i + 100 } }, Token)))];
        await Task.WhenAll(company).WaitAsync(Patience, Token);

        Assert.Equal(alone, Ids(await company[5]));
        Assert.NotEqual(alone, Ids(await company[0]));
    }

    [Fact]
    public async Task Log_probabilities_are_those_of_the_model_before_any_option()
    {
        await using GenerationEngine engine = Engine(new FakeBackend());
        GenerationRequest request = Greedy([20], 3) with { LogProbabilities = true };
        List<GenerationChunk> chunks = await Read(engine.GenerateAsync(request, Token));
        double sum = Enumerable.Range(0, FakeBackend.Vocabulary).Sum(i => Math.Exp(i == chunks[0].TokenIds[0] ? 3 : (i * 7 % 11) / 8f));
        Assert.Equal(3 - Math.Log(sum), Assert.Single(chunks[0].LogProbabilities), 5);
    }

    [Fact]
    public async Task Closing_lets_what_runs_finish_and_takes_nothing_new()
    {
        FakeBackend backend = new();
        GenerationEngine engine = Engine(backend);
        Task<List<GenerationChunk>> running = Read(engine.GenerateAsync(Greedy([20], 300), Token));
        await Until(() => engine.GetStatus().StepsExecuted > 0);
        await engine.DisposeAsync().AsTask().WaitAsync(Patience, Token);

        Assert.Equal(300, (await running)[^1].CompletionTokens);
        Assert.True(backend.Disposed);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Read(engine.GenerateAsync(Greedy([20], 1), Token)));
    }

    [Fact]
    public async Task Closing_breaks_off_what_takes_too_long()
    {
        FakeBackend backend = new() { BeforeStep = _ => Thread.Sleep(10) };
        GenerationEngine engine = Engine(backend, options: new GenerationEngineOptions { DrainTimeout = TimeSpan.FromMilliseconds(50), MaxActiveSequences = 1 });
        Task<List<GenerationChunk>> running = Read(engine.GenerateAsync(Greedy([20], 500), Token));
        Task<List<GenerationChunk>> waiting = Read(engine.GenerateAsync(Greedy([20], 500), Token));
        await Until(() => engine.GetStatus() is { ActiveSequences: 1, WaitingSequences: 1 });
        await engine.DisposeAsync().AsTask().WaitAsync(Patience, Token);

        await Assert.ThrowsAsync<GenerationFailedException>(() => running);
        await Assert.ThrowsAsync<GenerationFailedException>(() => waiting);
        Assert.True(backend.Disposed);
    }

    [Fact]
    public async Task Requests_out_of_range_are_refused_by_name()
    {
        await using GenerationEngine engine = Engine(new FakeBackend());
        void Refuse(GenerationRequest request, string named) => Assert.Contains(
            named, Assert.ThrowsAny<ArgumentException>(() => { engine.GenerateAsync(request, Token); }).Message, StringComparison.Ordinal);
        Refuse(Greedy([], 1), "PromptIds");
        Refuse(Greedy([FakeBackend.Vocabulary], 1), "PromptIds");
        Refuse(Greedy([-1], 1), "PromptIds");
        Refuse(Greedy([9], 0), "MaxTokens");
        Refuse(Greedy([9], 1) with { Stop = [""] }, "Stop");
        Refuse(Greedy([9], 1) with { Sampling = new SamplingOptions { Temperature = -1 } }, "Temperature");
        Refuse(Greedy([9], 1) with { Sampling = new SamplingOptions { Temperature = float.NaN } }, "Temperature");
        Refuse(Greedy([9], 1) with { Sampling = new SamplingOptions { TopP = 1.5f } }, "TopP");
        Refuse(Greedy([9], 1) with { Sampling = new SamplingOptions { TopK = -1 } }, "TopK");
    }

    // Random arrivals, lengths and departures: whatever happens, no room is lost and every text is right.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task No_room_is_lost_whatever_comes_and_goes(int seed)
    {
        FakeBackend backend = new(capacity: 600, contextLength: 200);
        Random random = new(seed);
        int step = 0;
        backend.BeforeStep = _ =>
        {
            if (++step % 97 == 0)
            {
                throw new InvalidOperationException("broken");
            }
        };
        GenerationEngineOptions options = new() { MaxActiveSequences = 6, MaxWaitingSequences = 12, StepTokens = 24 };
        GenerationEngine engine = Engine(backend, options: options);
        List<Task<string>> all = [];
        for (int i = 0; i < 300; i++)
        {
            int[] prompt = [.. Enumerable.Range(0, random.Next(1, 90)).Select(_ => random.Next(8, 60))];
            all.Add(RunOne(engine, prompt, random.Next(1, 100), random.Next(4) == 0 ? random.Next(0, 30) : null));
            if (random.Next(3) == 0)
            {
                await Task.Yield();
            }
        }

        string[] outcomes = await Task.WhenAll(all).WaitAsync(Patience, Token);
        await Until(() => engine.GetStatus() is { ActiveSequences: 0, WaitingSequences: 0 });
        Assert.Equal(0, backend.OpenSequences);
        Assert.Equal(600, backend.Capacity.FreeTokens);
        Assert.Contains("finished", outcomes);
        await engine.DisposeAsync();
    }

    private static async Task<string> RunOne(GenerationEngine engine, int[] prompt, int tokens, int? leaveAfter)
    {
        using CancellationTokenSource leaving = new();
        List<int> ids = [];
        try
        {
            await foreach (GenerationChunk chunk in engine.GenerateAsync(Greedy(prompt, tokens), leaving.Token))
            {
                ids.AddRange(chunk.TokenIds);
                if (ids.Count >= leaveAfter)
                {
                    await leaving.CancelAsync();
                }
            }

            Assert.Equal(FakeBackend.Continuation(prompt, tokens), ids);
            return "finished";
        }
        catch (Exception exception) when (exception is QueueFullException or OperationCanceledException or GenerationFailedException)
        {
            Assert.Equal(FakeBackend.Continuation(prompt, ids.Count), ids);
            return exception.GetType().Name;
        }
    }

    private static GenerationEngine Engine(FakeBackend backend, int[]? eos = null, GenerationEngineOptions? options = null) =>
        new(backend, _ => new FakeBackend.Letters(), eos ?? [], options ?? new GenerationEngineOptions(), TimeProvider.System);

    private static GenerationRequest Greedy(int[] prompt, int tokens) =>
        new() { PromptIds = prompt, MaxTokens = tokens, Sampling = SamplingOptions.Greedy };

    private static List<int> Ids(List<GenerationChunk> chunks) => [.. chunks.SelectMany(chunk => chunk.TokenIds)];

    private static async Task<List<GenerationChunk>> Read(IAsyncEnumerable<GenerationChunk> stream)
    {
        List<GenerationChunk> chunks = [];
        await foreach (GenerationChunk chunk in stream)
        {
            chunks.Add(chunk);
        }

        return chunks;
    }

    private static async Task Until(Func<bool> condition)
    {
        for (int i = 0; i < 20_000; i++)
        {
            if (condition())
            {
                return;
            }

            await Task.Delay(1, Token);
        }

        Assert.Fail("it did not happen in time");
    }
}
