using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using LlmPlatform.Training;
using LlmPlatform.TrainingContracts.Worker;
using Microsoft.Win32.SafeHandles;

namespace LlmPlatform.TrainingWorker;

/// <summary>
/// The child process of a job. Its main thread watches the pipe, so that the process ends with it at any moment, also in the
/// midst of a native call; one other thread trains.
/// </summary>
internal static class WorkerHost
{
    // Wrong arguments or a wrong first line: the parent's mistake, not a failure of the job.
    private const int Usage = 64;

    // Chat templates recurse, and so does what frees a graph of gradients.
    private const int StackSize = 64 << 20;

    /// <summary>Runs one job.</summary>
    /// <param name="args"><c>--job ID</c>, the id of the start message too: seen by people who list processes.</param>
    /// <returns>One of <see cref="WorkerExit"/>, or 64.</returns>
    public static int Run(string[] args)
    {
        if (args is not ["--job", string job])
        {
            Console.Error.WriteLine("usage: LlmPlatform.TrainingWorker --job ID, with the start message on standard input");
            return Usage;
        }

        // A terminal or a service manager signals to all processes; this one ends with its pipe, when the parent wants.
        using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => context.Cancel = true);
        using PosixSignalRegistration hungUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);
        using (Process self = Process.GetCurrentProcess())
        {
            self.PriorityClass = ProcessPriorityClass.BelowNormal;
        }

        using StreamReader input = new(Console.OpenStandardInput(), new UTF8Encoding(false));
        using StreamWriter output = new(TakeStandardOutput(), new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" };
        if (ReadStart(input, job) is not { } start)
        {
            return Usage;
        }

        using CancellationTokenSource stop = new();
        Thread training = new(() => End(TrainingRun.Run(start, happened => Write(output, happened), stop.Token)), StackSize) { Name = "training" };
        training.Start();
        Watch(input, stop);

        // The pipe has ended: whatever is being trained is of no use to anybody.
        return End(WorkerExit.Orphaned);
    }

    private static WorkerStart? ReadStart(StreamReader input, string job)
    {
        try
        {
            WorkerStart start = WorkerJson.Read<WorkerStart>(input.ReadLine() ?? throw new JsonException("the pipe ended before the first line"));
            return start.JobId == job ? start : throw new JsonException($"it is of job {start.JobId}, expected {job}");
        }
        catch (JsonException exception)
        {
            Console.Error.WriteLine($"the start message is wrong: {exception.Message}");
            return null;
        }
    }

    // Until the pipe ends; a line that is no command counts as the end of sense, and of the process.
    private static void Watch(StreamReader input, CancellationTokenSource stop)
    {
        try
        {
            while (input.ReadLine() is { } line)
            {
                if (WorkerJson.Read<WorkerCommand>(line).Command == WorkerCommand.Stop)
                {
                    stop.Cancel();
                }
            }
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            Console.Error.WriteLine($"the pipe from the parent: {exception.Message}");
        }
    }

    private static void Write(StreamWriter output, WorkerEvent happened)
    {
        try
        {
            output.WriteLine(WorkerJson.Write(happened));
        }
        catch (IOException)
        {
            // Nobody reads any more.
            End(WorkerExit.Orphaned);
        }
    }

    // Everything is written by now; libtorch's own threads need no farewell.
    private static int End(int code)
    {
        if (OperatingSystem.IsWindows())
        {
            Environment.Exit(code);
        }
        else
        {
            NativeCalls.Exit(code);
        }

        return code;
    }

    // Events go where standard output went; whatever libraries print goes to standard error.
    private static Stream TakeStandardOutput()
    {
        if (OperatingSystem.IsWindows())
        {
            Stream standard = Console.OpenStandardOutput();
            Console.SetOut(Console.Error);
            return standard;
        }

        int output = NativeCalls.Duplicate(1);
        return output >= 0 && NativeCalls.DuplicateTo(2, 1) >= 0
            ? new FileStream(new SafeFileHandle(output, ownsHandle: true), FileAccess.Write, bufferSize: 0)
            : throw new IOException("standard output cannot be taken");
    }
}
