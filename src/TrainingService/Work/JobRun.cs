using System.Diagnostics;
using Grpc.Core;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Health;
using LlmPlatform.ServiceDefaults.Identity;
using LlmPlatform.TrainingContracts.Checkpoints;
using LlmPlatform.TrainingContracts.Worker;
using LlmPlatform.TrainingService.Jobs;
using LlmPlatform.TrainingService.Models;
using LlmPlatform.TrainingService.Recipes;
using LlmPlatform.TrainingService.Rows;
using LlmPlatform.TrainingService.Workers;
using Microsoft.Extensions.Options;

namespace LlmPlatform.TrainingService.Work;

/// <summary>Runs a claimed job in a child process, and sees to what remains whichever way that ends.</summary>
internal sealed partial class JobRun(
    JobRows rows,
    JobRestart restart,
    JobInputs inputs,
    JobCleanup cleanup,
    ICheckpointStore checkpoints,
    ResultRegistration registration,
    TrainingOptions options,
    IOptions<DrainOptions> drain,
    ICallerTokens callers,
    JobSignal signal,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<JobRun> log)
{
    /// <summary>Children that may be lost without a new checkpoint in between before a job is given up.</summary>
    public const int MaxLosses = 3;

    private const int MaxAttempts = 5;
    private const int KilledExitCode = 128 + 9;

    public async Task RunAsync(ClaimedJob claimed, CancellationToken stoppingToken)
    {
        long started = clock.GetTimestamp();
        using IDisposable scope = callers.ActAs(CallerIdentity.User(claimed.Row.Tenant));
        using CancellationTokenSource stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        using Activity? activity = JobTelemetry.StartLinked(claimed.Row.Traceparent);
        activity?.SetTag("llmplatform.training.job", claimed.Row.Id);
        string outcome;
        await using (JobWatch watch = new(rows, claimed, clock))
        {
            outcome = await TryAsync(claimed, watch, stopping.Token);
        }

        await cleanup.CleanAsync(claimed.Row.Id, CancellationToken.None);
        activity?.SetTag("llmplatform.training.outcome", outcome);
        activity?.SetStatus(outcome is "failed" or "retried" or "lost" ? ActivityStatusCode.Error : ActivityStatusCode.Unset);
        JobTelemetry.Ended(outcome, clock.GetElapsedTime(started));
    }

    private async Task<string> TryAsync(ClaimedJob claimed, JobWatch watch, CancellationToken stopping)
    {
        try
        {
            return await WorkAsync(claimed, watch, stopping);
        }
        catch (Exception) when (watch.Lost.IsCancellationRequested)
        {
            return "stopped";
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            return await QueueAgainAsync(claimed, "interrupted");
        }
        catch (OperationCanceledException) when (watch.Pause.IsCancellationRequested)
        {
            return await PauseAsync(claimed);
        }
        catch (JobFailureException failure)
        {
            return await FailAsync(claimed, new JobError { Code = failure.Code, Message = WorkerEventRows.Cut(failure.Message) });
        }
        catch (IOException exception) when (IsDiskFull(exception))
        {
            return await FailAsync(claimed, new JobError { Code = JobRules.DiskFull, Message = "the disk of the platform's data folder is full: free some space and resume the job" });
        }
        catch (Exception exception)
        {
            return await TryLaterAsync(claimed, exception);
        }
    }

    private async Task<string> WorkAsync(ClaimedJob claimed, JobWatch watch, CancellationToken stopping)
    {
        if (claimed.Row.PauseRequested)
        {
            return await PauseAsync(claimed);
        }

        (StoredCheckpoint? from, bool held) = await restart.PrepareAsync(claimed);
        if (!held)
        {
            return "stopped";
        }

        using CancellationTokenSource preparing = CancellationTokenSource.CreateLinkedTokenSource(stopping, watch.Lost, watch.Pause);
        using PreparedInputs prepared = await inputs.PrepareAsync(claimed, preparing.Token);
        WorkerStart start = prepared.Start with { ResumeFrom = from?.Path };
        await using WorkerProcess worker = await WorkerProcess.StartAsync(options.WorkerProgram, start, Path.GetDirectoryName(start.OutputFolder)!);
        LogStarted(claimed.Row.Id, worker.Id, (from?.Step ?? 0) + 1);
        WorkerEvent? last;
        using (watch.Lost.Register(worker.Kill))
        {
            await using StopOrder order = new(worker, drain.Value.Timeout, clock, watch.Pause, stopping);
            last = await FollowAsync(claimed, worker);
        }

        int exit = await worker.WaitAsync();
        watch.Lost.ThrowIfCancellationRequested();
        switch (last, exit)
        {
            case (WorkerCompleted completed, WorkerExit.Completed):
                using (CancellationTokenSource finishing = CancellationTokenSource.CreateLinkedTokenSource(stopping, watch.Lost))
                {
                    return await CompleteAsync(claimed, prepared, completed, finishing.Token);
                }

            case (WorkerFailed failed, WorkerExit.Failed):
                return await FailAsync(claimed, failed.ToError());
            case (WorkerStopped, WorkerExit.Stopped) when watch.Pause.IsCancellationRequested:
                return await PauseAsync(claimed);
            case var _ when stopping.IsCancellationRequested:
                return await QueueAgainAsync(claimed, "interrupted");
            default:
                return await LoseAsync(claimed, exit, worker.Words);
        }
    }

    /// <summary>Writes what the child tells, until it ends.</summary>
    /// <returns>The last event.</returns>
    private async Task<WorkerEvent?> FollowAsync(ClaimedJob claimed, WorkerProcess worker)
    {
        WorkerEvent? last = null;
        int keep = WorkerRecipe.Read(claimed.Row.Recipe).SaveTotalLimit;
        await foreach (IReadOnlyList<WorkerEvent> batch in worker.ReadAllAsync())
        {
            last = batch[^1];
            bool held = await rows.WriteAsync(claimed, change =>
            {
                foreach (WorkerEvent happened in batch)
                {
                    WorkerEventRows.Apply(change, happened);
                }
            });
            if (!held)
            {
                worker.Kill();
                return null;
            }

            if (batch.Any(happened => happened is WorkerCheckpoint))
            {
                checkpoints.Prune(claimed.Row.Id, keep);
                long[] there = [.. checkpoints.List(claimed.Row.Id).Select(one => one.Step)];
                await rows.WriteAsync(claimed, change => JobCheckpoints.RemoveOthersAsync(change, there));
            }
        }

        return last;
    }

    private async Task<string> CompleteAsync(ClaimedJob claimed, PreparedInputs prepared, WorkerCompleted completed, CancellationToken cancellationToken)
    {
        string dataHash = (await rows.FindAsync(claimed.Row.Id, cancellationToken))?.DataHash ?? "";
        string version = await registration.RegisterAsync(claimed.Row, prepared.Start.OutputFolder, prepared.AdapterBase, dataHash, completed, cancellationToken);
        bool mine = await rows.WriteAsync(claimed, change =>
        {
            JobRow row = change.Row;
            row.Step = completed.Step;
            row.EvaluationBefore = Json.Write(completed.EvaluationBefore);
            row.EvaluationAfter = Json.Write(completed.EvaluationAfter);
            row.Metrics = Json.Write(Json.ReadNumbers(row.Metrics).Where(pair => !completed.Metrics.ContainsKey(pair.Key)).Concat(completed.Metrics));
            row.OutputVersion = version;
            change.SetStatus(JobStatus.Succeeded);
            change.Release();
        });
        LogCompleted(claimed.Row.Id, version);
        return mine ? "succeeded" : "stopped";
    }

    private async Task<string> FailAsync(ClaimedJob claimed, JobError error)
    {
        LogFailed(claimed.Row.Id, error.Code, error.HasStep ? error.Step : 0);
        return await rows.WriteAsync(claimed, change =>
        {
            change.SetStatus(JobStatus.Failed, error);
            change.Release();
        })
            ? "failed"
            : "stopped";
    }

    private async Task<string> PauseAsync(ClaimedJob claimed)
    {
        bool resumed = false;
        bool mine = await rows.WriteAsync(claimed, change =>
        {
            // Who paused it may have thought better of it before it stopped.
            resumed = !change.Row.PauseRequested;
            change.SetStatus(resumed ? JobStatus.Queued : JobStatus.Paused);
            change.Release();
        });
        if (resumed)
        {
            signal.Wake();
        }

        return mine ? "paused" : "stopped";
    }

    private async Task<string> QueueAgainAsync(ClaimedJob claimed, string outcome) => await rows.WriteAsync(claimed, change =>
    {
        change.SetStatus(change.Row.PauseRequested ? JobStatus.Paused : JobStatus.Queued);
        change.Release();
    })
        ? outcome
        : "stopped";

    private async Task<string> LoseAsync(ClaimedJob claimed, int exit, string words)
    {
        string what = exit == KilledExitCode
            ? "the child process was killed, most likely for want of memory"
            : $"the child process ended amid the work (exit code {exit})";
        string message = words.Length > 0 ? $"{what}; its last words: {words}" : what;
        LogLost(claimed.Row.Id, exit);
        bool givenUp = false;
        bool mine = await rows.WriteAsync(claimed, change =>
        {
            givenUp = ++change.Row.Losses > MaxLosses;
            if (givenUp)
            {
                JobError error = new() { Code = JobRules.WorkerLost, Message = message };
                if (change.Row.Step > 0)
                {
                    error.Step = change.Row.Step;
                }

                change.SetStatus(JobStatus.Failed, error);
            }
            else
            {
                change.Say("warn", WorkerEventRows.Cut($"{what} and is started again ({change.Row.Losses} of {MaxLosses} times without a new checkpoint)"));
                change.SetStatus(change.Row.PauseRequested ? JobStatus.Paused : JobStatus.Queued);
            }

            change.Release();
        });
        return !mine ? "stopped" : givenUp ? "failed" : "lost";
    }

    private async Task<string> TryLaterAsync(ClaimedJob claimed, Exception exception)
    {
        string message = exception is RpcException error ? $"{error.StatusCode}: {error.Status.Detail}" : $"{exception.GetType().Name}: {exception.Message}";
        bool hopeless = exception is RpcException { StatusCode: StatusCode.InvalidArgument or StatusCode.PermissionDenied or StatusCode.FailedPrecondition } or FileNotFoundException;
        if (hopeless || claimed.Row.Attempts + 1 >= MaxAttempts)
        {
            LogGivenUp(claimed.Row.Id, exception);
            return await FailAsync(claimed, new JobError { Code = JobRules.Internal, Message = WorkerEventRows.Cut(message) });
        }

        LogTriedAgain(claimed.Row.Id, SafeValue.Cut(message));
        TimeSpan pause = TimeSpan.FromSeconds(Math.Pow(4, claimed.Row.Attempts));
        bool mine = await rows.WriteAsync(claimed, change =>
        {
            change.Row.Attempts++;
            change.Row.NotBefore = change.Now + pause;
            change.SetStatus(JobStatus.Queued);
            change.Release();
        });
        _ = signal.WakeAfterAsync(pause);
        return mine ? "retried" : "stopped";
    }

    private static bool IsDiskFull(IOException exception) => (exception.HResult & 0xffff) is 28 or 0x70;

    [LoggerMessage(LogLevel.Information, "Job {Job} runs in process {Process}, from step {Step}")]
    private partial void LogStarted(string job, int process, long step);

    [LoggerMessage(LogLevel.Information, "Job {Job} made {Version}")]
    private partial void LogCompleted(string job, string version);

    [LoggerMessage(LogLevel.Warning, "Job {Job} failed: {Code} at step {Step}")]
    private partial void LogFailed(string job, string code, long step);

    [LoggerMessage(LogLevel.Warning, "The process of job {Job} was lost (exit code {ExitCode})")]
    private partial void LogLost(string job, int exitCode);

    [LoggerMessage(LogLevel.Warning, "Job {Job} is tried again: {Reason}")]
    private partial void LogTriedAgain(string job, string reason);

    [LoggerMessage(LogLevel.Error, "Job {Job} is given up")]
    private partial void LogGivenUp(string job, Exception exception);
}
