using System.Collections.Immutable;
using LlmPlatform.TrainingContracts.Checkpoints;
using LlmPlatform.TrainingContracts.Worker;

namespace LlmPlatform.FakeTrainingWorker;

/// <summary>Does as if it trained.</summary>
internal sealed class FakeRun(WorkerStart start, CancellationToken stop)
{
    private const int CrashExitCode = 99;

    private static readonly ImmutableSortedDictionary<string, double> None = ImmutableSortedDictionary<string, double>.Empty;

    private long Behavior => start.Recipe.Seed;

    private bool FirstClaim => start.ResumeFrom is null && Path.GetFileName(start.CheckpointFolder) == "1";

    public int Run()
    {
        Console.Error.WriteLine("the fake worker began");
        Console.Out.WriteLine("a library prints this");
        string[] lines = [.. start.TrainingFiles.SelectMany(file => File.ReadAllLines(file.Path))];
        if (Behavior == FakeBehavior.FailData)
        {
            return Fail(new WorkerFailed
            {
                Code = "invalid_data",
                Message = "1 of 3 lines is bad",
                DataErrors = [new WorkerDataError(start.TrainingFiles[0].Id, 17, "expected messages")],
            });
        }

        if (!File.Exists(Path.Combine(start.BaseFolder, "config.json")))
        {
            return Fail(new WorkerFailed { Code = "invalid_recipe", Message = "the base has no config.json" });
        }

        long step = start.ResumeFrom is { } path ? long.Parse(File.ReadAllText(Path.Combine(path, "step"))) : 0;
        Emit(new WorkerPrepared
        {
            FirstStep = step + 1,
            MaxSteps = start.Recipe.MaxSteps,
            TrainingRows = lines.Length,
            ValidationRows = start.ValidationFiles.Length,
            DataHash = start.TrainingFiles[0].Sha256,
            TrainableParameters = 1,
            Parameters = 2,
        });
        if (step == 0 && start.ValidationFiles.Length > 0)
        {
            Metrics(0, ("eval_loss", 9));
        }

        return Steps(step);
    }

    private int Steps(long step)
    {
        while (step < start.Recipe.MaxSteps)
        {
            if (Behavior == FakeBehavior.Hang)
            {
                Thread.Sleep(Timeout.Infinite);
            }

            if (stop.IsCancellationRequested)
            {
                Save(step, tell: true);
                Emit(new WorkerStopped(step));
                return WorkerExit.Stopped;
            }

            step++;
            Thread.Sleep(start.Recipe.WarmupSteps);
            if (Misbehave(step) is { } exit)
            {
                return exit;
            }

            Metrics(step, ("loss", 10.0 / step), ("num_tokens", step * 100));
            if (step % start.Recipe.SaveSteps == 0 || step == start.Recipe.MaxSteps)
            {
                Save(step, tell: true);
            }
        }

        if (start.ValidationFiles.Length > 0)
        {
            Metrics(step, ("eval_loss", 1));
        }

        return Complete(step);
    }

    private int? Misbehave(long step)
    {
        switch (Behavior)
        {
            case FakeBehavior.CrashAlways when step == 2:
            case FakeBehavior.CrashOnce when step == 6 && FirstClaim:
                Console.Error.WriteLine("the fake worker crashes");
                return CrashExitCode;
            case FakeBehavior.FailNan when step == 4 && FirstClaim:
                return Fail(new WorkerFailed { Code = "nan_loss", Message = "the loss is NaN", Step = step });
            case FakeBehavior.EndlessLine:
                Console.Out.Write('{');
                for (int i = 0; i < WorkerJson.MaxLineLength / 1024 * 2; i++)
                {
                    Console.Out.Write(new string('x', 1024));
                }

                return WorkerExit.Completed;
            case FakeBehavior.BrokenLine:
                Console.Out.WriteLine("{\"type\":\"metrics\"");
                Thread.Sleep(Timeout.Infinite);
                return null;
            case FakeBehavior.Silent:
                return WorkerExit.Completed;
            case FakeBehavior.UntoldCheckpoint when step == 6 && FirstClaim:
                Save(step, tell: false);
                return CrashExitCode;
            default:
                return null;
        }
    }

    private int Complete(long step)
    {
        Directory.CreateDirectory(start.OutputFolder);
        if (Behavior == FakeBehavior.Adapter)
        {
            File.WriteAllText(Path.Combine(start.OutputFolder, "adapter_config.json"), "{}");
        }

        File.WriteAllText(Path.Combine(start.OutputFolder, "config.json"), "{}");
        File.WriteAllBytes(Path.Combine(start.OutputFolder, "model.safetensors"), new byte[(3 << 20) + 17]);
        bool evaluated = start.ValidationFiles.Length > 0;
        Emit(new WorkerCompleted
        {
            Step = step,
            EvaluationBefore = evaluated ? None.Add("eval_loss", 9) : None,
            EvaluationAfter = evaluated ? None.Add("eval_loss", 1) : None,
            Metrics = None.Add("train_loss", 2.5),
        });
        return WorkerExit.Completed;
    }

    private void Save(long step, bool tell)
    {
        StoredCheckpoint stored = LocalCheckpointStore.Write(
            start.CheckpointFolder, step, folder => File.WriteAllText(Path.Combine(folder, "step"), step.ToString()));
        LocalCheckpointStore.PruneFolder(start.CheckpointFolder, start.Recipe.SaveTotalLimit);
        if (tell)
        {
            Emit(new WorkerCheckpoint { Step = step, Name = Path.GetFileName(stored.Path), Size = stored.Size });
        }
    }

    private static void Metrics(long step, params (string Name, double Value)[] values) => Emit(new WorkerMetrics
    {
        Step = step,
        Epoch = step / 10.0,
        NumTokens = step * 100,
        Values = values.ToImmutableSortedDictionary(value => value.Name, value => value.Value),
    });

    private static int Fail(WorkerFailed failed)
    {
        Emit(failed);
        return WorkerExit.Failed;
    }

    private static void Emit(WorkerEvent happened) => Console.Out.WriteLine(WorkerJson.Write(happened));
}
