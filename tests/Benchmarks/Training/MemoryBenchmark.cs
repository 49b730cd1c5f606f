using Grpc.Core;
using LlmPlatform.Contracts.Generation.V1;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.Testing;

namespace LlmPlatform.Benchmarks.Training;

/// <summary>
/// What the platform's processes hold before, during and after jobs, with the base loaded and chatted with before and after.
/// A second job tells what stays by every job from what stays by the first use of code.
/// </summary>
internal sealed class MemoryBenchmark(PlatformProcess platform, CallInvoker invoker, string model, int pairs, int heldOut, int jobs)
{
    // What is over is given back to the system with some delay.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(15);

    private readonly List<Measurement> _measurements = [];

    public async Task<IReadOnlyList<Measurement>> RunAsync()
    {
        Generation.GenerationClient generation = new(invoker);
        PreferenceJobs training = new(invoker, model);
        await ChatAsync(generation);
        double before = await AtRestAsync();
        _measurements.Add(new Measurement($"resident memory of all processes, {model} loaded and chatted with", before, "MB"));
        for (int number = 1; number <= jobs; number++)
        {
            await TrainAsync(training, number);
            await ChatAsync(generation);
            double after = await AtRestAsync();
            _measurements.Add(Measurement.AtMost($"the same after job {number} and the same chats", after, "MB", 1.1 * before));
        }

        return _measurements;
    }

    private async Task TrainAsync(PreferenceJobs training, int number)
    {
        double platformMost = 0, workerMost = 0, most = 0;
        string id = await training.CreateAsync(pairs, heldOut, steps: 0);
        Job job = await training.WaitAsync(
            id,
            job => job.Status == JobStatus.Succeeded,
            () =>
            {
                (double root, double children) = ProcessTree.ResidentMegabytes(platform.Id);
                (platformMost, workerMost, most) = (Math.Max(platformMost, root), Math.Max(workerMost, children), Math.Max(most, root + children));
            });
        string what = $"job {number} ({pairs} pairs, {job.Step} steps, {(job.FinishedAt - job.StartedAt).ToTimeSpan().TotalSeconds:F0} s)";
        _measurements.Add(new Measurement($"most during {what}, all processes", most, "MB"));
        _measurements.Add(new Measurement($"most during job {number}, the platform's own process", platformMost, "MB"));
        _measurements.Add(new Measurement($"most during job {number}, the process that trains", workerMost, "MB"));
    }

    // Long enough that the cache of keys and values is in use.
    private async Task ChatAsync(Generation.GenerationClient generation)
    {
        for (int i = 0; i < 3; i++)
        {
            await GenerationBenchmark.RateAsync(generation, model, 1);
        }
    }

    private async Task<double> AtRestAsync()
    {
        await Task.Delay(Rest);
        (double root, double children) = ProcessTree.ResidentMegabytes(platform.Id);
        return root + children;
    }
}
