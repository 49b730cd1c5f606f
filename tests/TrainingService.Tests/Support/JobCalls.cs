using System.Diagnostics;
using Grpc.Core;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.ServiceDefaults.Errors;

namespace LlmPlatform.TrainingService.Tests.Support;

/// <summary>What tests do with jobs.</summary>
internal static class JobCalls
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    public static async Task<Job> WaitAsync(this TrainingHost host, string id, Func<Job, bool> wanted)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            Job job = await host.Client.GetJobAsync(new GetJobRequest { Id = id });
            if (wanted(job))
            {
                return job;
            }

            Assert.True(Stopwatch.GetElapsedTime(start) < Limit, $"the job is {job.Status} at step {job.Step}: {job.Error}");
            await Task.Delay(20);
        }
    }

    public static Task<Job> WaitAsync(this TrainingHost host, string id, JobStatus status) => host.WaitAsync(id, job => job.Status == status);

    public static async Task TrueAsync(Func<bool> condition, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Limit, $"not in time: {what}");
            await Task.Delay(20);
        }
    }

    public static async Task<List<JobEvent>> WatchAsync(this TrainingHost host, string id, long after = 0)
    {
        using AsyncServerStreamingCall<JobEvent> call = host.Client.WatchJob(new WatchJobRequest { Id = id, After = after });
        List<JobEvent> events = [];
        await foreach (JobEvent one in call.ResponseStream.ReadAllAsync())
        {
            events.Add(one);
        }

        return events;
    }

    /// <summary>The steps whose loss was told, in order.</summary>
    public static long[] Steps(this IEnumerable<JobEvent> events) =>
        [.. events.Where(one => one.Metrics is not null && one.Metrics.Values.ContainsKey("loss")).Select(one => one.Metrics.Step)];

    public static long[] Evaluations(this IEnumerable<JobEvent> events) =>
        [.. events.Where(one => one.Metrics is not null && one.Metrics.Values.ContainsKey("eval_loss")).Select(one => one.Metrics.Step)];

    public static async Task<RpcException> RefusedAsync(StatusCode expected, Func<Task> call)
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(call);
        Assert.True(error.StatusCode == expected, $"expected {expected}, got {error.Status}");
        return error;
    }

    /// <summary>INVALID_ARGUMENT with exactly these fields among its details.</summary>
    public static async Task FieldsAsync(string[] fields, Func<Task> call)
    {
        RpcException error = await RefusedAsync(StatusCode.InvalidArgument, call);
        Assert.Equal(fields.Order(), error.GetFieldViolations().Select(violation => violation.Field).Distinct().Order());
    }
}
