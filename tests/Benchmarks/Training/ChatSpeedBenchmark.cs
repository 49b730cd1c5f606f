using Grpc.Core;
using LlmPlatform.Contracts.Generation.V1;
using LlmPlatform.Contracts.Training.V1;

namespace LlmPlatform.Benchmarks.Training;

/// <summary>
/// The speed of a streamed chat alone and while a job trains, in turn: the job is paused and resumed between. The best of all
/// rounds counts, since the machine is noisy.
/// </summary>
internal sealed class ChatSpeedBenchmark(CallInvoker invoker, Uri http, string model, int pairs, int rounds)
{
    private const int ChatsPerRound = 3;
    private const int Endless = 1_000_000;

    private readonly Generation.GenerationClient _generation = new(invoker);

    public async Task<IReadOnlyList<Measurement>> RunAsync()
    {
        PreferenceJobs training = new(invoker, model);
        await GenerationBenchmark.LoadAsync(invoker, model);
        string id = await training.CreateAsync(pairs, heldOut: 1, steps: Endless);
        (double Rate, double FirstToken) alone = (0, double.MaxValue), during = alone;
        Job job = await training.WaitAsync(id, job => job.Status == JobStatus.Running && job.Step > 0);
        for (int round = 0; round < rounds; round++)
        {
            during = Best(during, await ChatAsync());

            // It trained all the while: nothing of what was measured was measured beside an idle job.
            long step = job.Step;
            job = await training.WaitAsync(id, job => job.Status == JobStatus.Running && job.Step > step);
            job = await training.PauseAsync(id);
            alone = Best(alone, await ChatAsync());
            job = round + 1 < rounds ? await training.ResumeAsync(id) : job;
        }

        await training.CancelAsync(id);
        return
        [
            new Measurement($"a streamed chat alone, best of {rounds} rounds", alone.Rate, "tokens/s"),
            new Measurement($"a streamed chat while a job trains ({job.Recipe.Threads} thread), best of {rounds} rounds", during.Rate, "tokens/s"),
            Measurement.AtLeast("share of its speed that a chat keeps", during.Rate / alone.Rate, "", 0.5),
            new Measurement("time to first token over HTTP, alone", 1000 * alone.FirstToken, "ms"),
            new Measurement("time to first token over HTTP, while a job trains", 1000 * during.FirstToken, "ms"),
        ];
    }

    private static (double Rate, double FirstToken) Best((double Rate, double FirstToken) one, (double Rate, double FirstToken) other) =>
        (Math.Max(one.Rate, other.Rate), Math.Min(one.FirstToken, other.FirstToken));

    private async Task<(double Rate, double FirstToken)> ChatAsync()
    {
        (double Rate, double FirstToken) best = (0, double.MaxValue);
        for (int i = 0; i < ChatsPerRound; i++)
        {
            best = Best(best, (await GenerationBenchmark.RateAsync(_generation, model, 1), await GenerationBenchmark.TimeToFirstTokenAsync(http, model)));
        }

        return best;
    }
}
