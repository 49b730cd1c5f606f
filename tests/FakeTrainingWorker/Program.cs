using LlmPlatform.FakeTrainingWorker;
using LlmPlatform.TrainingContracts.Worker;

// recipe.seed says what to do: see FakeBehavior.
WorkerStart start = WorkerJson.Read<WorkerStart>(Console.In.ReadLine() ?? throw new EndOfStreamException());
using CancellationTokenSource stop = new();
Thread parent = new(() =>
{
    while (Console.In.ReadLine() is { } line)
    {
        if (WorkerJson.Read<WorkerCommand>(line).Command == WorkerCommand.Stop)
        {
            stop.Cancel();
        }
    }

    Environment.Exit(WorkerExit.Orphaned);
})
{ IsBackground = true };
parent.Start();
return new FakeRun(start, stop.Token).Run();
