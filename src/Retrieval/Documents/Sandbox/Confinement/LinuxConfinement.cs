using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace LlmPlatform.Retrieval.Documents.Sandbox.Confinement;

/// <summary>
/// What a process gives up by itself on Linux before it reads what strangers wrote. Each step says on standard error when
/// the kernel refuses it and goes on: the process, its pipes and its limits of time and memory stay as a border.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class LinuxConfinement
{
    private const int BelowNormal = 10;

    /// <summary>Before anything else: lower priority, first to go when memory runs out, no core dumps, no files.</summary>
    internal static void Begin(TextWriter log)
    {
        // A thread inherits its maker's priority; the runtime has made some already.
        Try(log, "a lower priority", () =>
        {
            foreach (string thread in Directory.EnumerateDirectories("/proc/self/task"))
            {
                Check(LinuxCalls.SetPriority(0, int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture), BelowNormal));
            }
        });
        Try(log, "being first to go", () => File.WriteAllText("/proc/self/oom_score_adj", "1000"));
        Try(log, "no core dumps", () => SetLimit(LinuxCalls.LimitCoreSize, 0));
        Try(log, "no writing of files", () => SetLimit(LinuxCalls.LimitFileSize, 0));
    }

    /// <summary>When everything is loaded: limits of memory and time, no more rights, and the filter of system calls.</summary>
    /// <param name="limits">What a document may cost.</param>
    /// <param name="documents">How many documents the process reads at most.</param>
    /// <param name="log">Where steps that failed are told.</param>
    internal static void Finish(DocumentLimits limits, int documents, TextWriter log)
    {
        Try(log, "a limit of memory", () => SetLimit(LinuxCalls.LimitData, (nuint)limits.MaxMemory));
        Try(log, "a limit of processor time", () =>
            SetLimit(LinuxCalls.LimitProcessorTime, (nuint)((limits.MaxTime.TotalSeconds * documents) + 60)));
        Try(log, "no more rights", () => Check(LinuxCalls.ProcessControl(LinuxCalls.SetNoNewPrivileges, 1, 0, 0, 0)));
        Try(log, "the filter of system calls", ApplyFilter);
    }

    /// <summary>Sets the filter for all threads; needs "no more rights".</summary>
    internal static unsafe void ApplyFilter()
    {
        SystemCallFilter.Instruction[] program =
            SystemCallFilter.Build(RuntimeInformation.ProcessArchitecture, Environment.ProcessId)
            ?? throw new PlatformNotSupportedException($"no filter for {RuntimeInformation.ProcessArchitecture}");
        fixed (SystemCallFilter.Instruction* instructions = program)
        {
            LinuxCalls.FilterProgram filter = new() { Length = (ushort)program.Length, Instructions = instructions };
            Check(LinuxCalls.SystemCall(
                LinuxCalls.Seccomp, LinuxCalls.SetModeFilter, LinuxCalls.AllThreads, (nuint)(&filter)));
        }
    }

    private static void SetLimit(int resource, nuint value) =>
        Check(LinuxCalls.SetLimit(resource, new LinuxCalls.ResourceLimit { Soft = value, Hard = value }));

    private static void Check(nint result)
    {
        if (result != 0)
        {
            throw new InvalidOperationException(result < 0
                ? Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())
                : $"thread {result} does not take part");
        }
    }

    private static void Try(TextWriter log, string step, Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException
            or UnauthorizedAccessException or PlatformNotSupportedException or EntryPointNotFoundException
            or DllNotFoundException)
        {
            log.WriteLine($"confinement without {step}: {exception.Message}");
        }
    }
}
