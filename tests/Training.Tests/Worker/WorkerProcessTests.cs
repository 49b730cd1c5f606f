using LlmPlatform.Training.Tests.Support;
using LlmPlatform.TrainingContracts.Recipes;
using LlmPlatform.TrainingContracts.Worker;
using Goals = LlmPlatform.TrainingContracts.Recipes.Objectives;

namespace LlmPlatform.Training.Tests.Worker;

public sealed class WorkerProcessTests
{
    private static readonly TrainingRecipe Long = JobFolder.Recipe(Goals.Dpo) with { MaxSteps = 100_000, SaveSteps = 100_000, LearningRate = 1e-6 };

    [Fact]
    public async Task A_job_runs_to_its_end()
    {
        using JobFolder job = new();
        using WorkerProcess worker = new("job-1");
        worker.Send(await job.StartAsync(JobFolder.Recipe(Goals.Dpo), JobFolder.Pairs(6), JobFolder.Pairs(3, 50)));
        Assert.Equal(WorkerExit.Completed, await worker.ExitAsync());
        Assert.Equal(4, Assert.IsType<WorkerCompleted>(worker.Events[^1]).Step);
        Assert.Single(worker.Events.OfType<WorkerPrepared>());
    }

    [Fact]
    public async Task Told_to_stop_it_stops_with_a_checkpoint()
    {
        using JobFolder job = new();
        using WorkerProcess worker = new("job-1");
        WorkerStart start = await job.StartAsync(Long, JobFolder.Pairs(6));
        worker.Send(start);
        Assert.NotNull(await worker.ReadAsync(happened => happened is WorkerMetrics { Step: >= 2 }));
        worker.Send(new WorkerCommand(WorkerCommand.Stop));
        Assert.Equal(WorkerExit.Stopped, await worker.ExitAsync());
        long step = Assert.IsType<WorkerStopped>(worker.Events[^1]).Step;
        WorkerCheckpoint checkpoint = Assert.IsType<WorkerCheckpoint>(worker.Events[^2]);
        Assert.Equal(step, checkpoint.Step);
        Assert.True(Directory.Exists(Path.Combine(start.CheckpointFolder, checkpoint.Name)));
    }

    [Fact]
    public async Task Signals_of_a_terminal_are_for_the_parent()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no signals to send to another process");
        }

        using JobFolder job = new();
        using WorkerProcess worker = new("job-1");
        worker.Send(await job.StartAsync(Long, JobFolder.Pairs(6)));
        long step = Step(await worker.ReadAsync(happened => happened is WorkerMetrics { Step: >= 2 }));
        foreach (int signal in new[] { WorkerProcess.Interrupt, WorkerProcess.HangUp, WorkerProcess.Terminate })
        {
            worker.Signal(signal);
            long next = step + 5;
            step = Step(await worker.ReadAsync(happened => happened is WorkerMetrics metrics && metrics.Step >= next));
        }

        worker.Send(new WorkerCommand(WorkerCommand.Stop));
        Assert.Equal(WorkerExit.Stopped, await worker.ExitAsync());
    }

    [Fact]
    public async Task It_ends_with_the_pipe()
    {
        using JobFolder job = new();
        using WorkerProcess worker = new("job-1");
        worker.Send(await job.StartAsync(Long, JobFolder.Pairs(6)));
        Assert.NotNull(await worker.ReadAsync(happened => happened is WorkerMetrics { Step: >= 2 }));
        worker.CloseInput();
        Assert.Equal(WorkerExit.Orphaned, await worker.ExitAsync());
    }

    [Fact]
    public async Task A_killed_job_goes_on_bit_for_bit()
    {
        TrainingRecipe recipe = JobFolder.Recipe(Goals.Sft) with { MaxSteps = 40, SaveSteps = 10, WeightDecay = 0.1 };
        string[] rows = [.. Enumerable.Range(0, 12).Select(i => $$"""{"prompt":"n {{i}}","completion":" it is {{i * i}}"}""")];
        using JobFolder undisturbed = new();
        using (WorkerProcess worker = new("job-1"))
        {
            worker.Send(await undisturbed.StartAsync(recipe, rows));
            Assert.Equal(WorkerExit.Completed, await worker.ExitAsync());
        }

        using JobFolder killed = new();
        WorkerStart start = await killed.StartAsync(recipe, rows);
        foreach (int step in new[] { 12, 25 })
        {
            using (WorkerProcess worker = new("job-1"))
            {
                worker.Send(start);
                Assert.NotNull(await worker.ReadAsync(happened => happened is WorkerMetrics metrics && metrics.Step >= step));
            }

            start = killed.Next(start);
        }

        using (WorkerProcess worker = new("job-1"))
        {
            worker.Send(start);
            Assert.Equal(WorkerExit.Completed, await worker.ExitAsync());
            Assert.Equal(0, (worker.Events.OfType<WorkerPrepared>().Single().FirstStep - 1) % 10);
        }

        Assert.Equal(
            File.ReadAllBytes(Path.Combine(undisturbed.Output, "model.safetensors")), File.ReadAllBytes(Path.Combine(killed.Output, "model.safetensors")));
    }

    [Fact]
    public async Task Another_jobs_start_is_refused()
    {
        using JobFolder job = new();
        using WorkerProcess worker = new("job-2");
        worker.Send(await job.StartAsync(Long, JobFolder.Pairs(6)));
        Assert.Equal(64, await worker.ExitAsync());
    }

    private static long Step(WorkerEvent? happened) => Assert.IsType<WorkerMetrics>(happened).Step;
}
