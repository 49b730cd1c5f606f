using System.Runtime.InteropServices;
using LlmPlatform.Retrieval.Documents.Detection;
using LlmPlatform.Retrieval.Documents.Sandbox.Confinement;
using Microsoft.Win32.SafeHandles;

namespace LlmPlatform.Retrieval.Documents.Sandbox;

/// <summary>
/// The program of the child process that reads documents. Its main thread watches the pipe, so that the process ends with
/// it at any moment; one other thread parses.
/// </summary>
public static class DocumentWorkerHost
{
    // Documents may be nested as deep as the limits allow.
    private const int StackSize = 16 << 20;

    /// <summary>Serves documents from the pipe until it ends, with the parsers of <see cref="DocumentParsers"/>.</summary>
    /// <returns>The exit code: 0.</returns>
    public static int Run() => Run((source, limits) => DocumentParsers.Parse(source, limits, CancellationToken.None));

    /// <summary>As <see cref="Run()"/>, with a parser of one's own.</summary>
    /// <param name="parse">Reads a document on the calling thread.</param>
    public static int Run(Func<DocumentSource, DocumentLimits, ParsedDocument> parse)
    {
        ArgumentNullException.ThrowIfNull(parse);
        (Stream input, Stream output) = TakeStandardStreams();

        // A terminal or a service manager signals to all processes; this one ends with its pipe, when the parent wants.
        using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => context.Cancel = true);
        using PosixSignalRegistration hungUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);
        if (OperatingSystem.IsLinux())
        {
            LinuxConfinement.Begin(Console.Error);
        }

        if (WorkerFrames.Read(input, WorkerFrame.Limits, WorkerMessages.MaxExtraLength) is not { } first)
        {
            return 0;
        }

        (DocumentLimits limits, int documents) = WorkerMessages.ReadLimits(first.Payload);
        using DocumentWorkerLoop loop = new(parse, output, limits);
        Thread thread = new(() => Serve(loop, limits, documents), StackSize) { IsBackground = true };
        thread.Start();

        // A worker gets its next document after its answer: at most one waits here.
        while (WorkerFrames.Read(input, WorkerFrame.Document, limits.MaxBytes + WorkerMessages.MaxExtraLength) is { } frame)
        {
            loop.Add(WorkerMessages.ReadDocument(frame.Payload));
        }

        // The pipe has ended: whatever the parser is at is of no use to anybody.
        if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
        {
            LinuxCalls.Exit(0);
        }

        return 0;
    }

    private static void Serve(DocumentWorkerLoop loop, DocumentLimits limits, int documents)
    {
        WorkerLoading.LoadAll();
        if (OperatingSystem.IsLinux())
        {
            LinuxConfinement.Finish(limits, documents, Console.Error);
        }

        loop.Run();
    }

    // Answers go where standard output went; whatever libraries print goes to standard error.
    private static (Stream Input, Stream Output) TakeStandardStreams()
    {
        Stream input = Console.OpenStandardInput();
        if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
        {
            int output = LinuxCalls.Duplicate(1);
            if (output < 0 || LinuxCalls.DuplicateTo(2, 1) < 0)
            {
                throw new IOException("standard output cannot be taken");
            }

            return (input, new FileStream(new SafeFileHandle(output, ownsHandle: true), FileAccess.Write, bufferSize: 0));
        }

        Stream standard = Console.OpenStandardOutput();
        Console.SetOut(Console.Error);
        return (input, standard);
    }
}
