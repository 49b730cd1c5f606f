using System.Runtime.InteropServices;

namespace LlmPlatform.Retrieval.Documents.Sandbox.Confinement;

/// <summary>The calls of the C library that confinement takes.</summary>
internal static unsafe partial class LinuxCalls
{
    internal const int SetNoNewPrivileges = 38;     // PR_SET_NO_NEW_PRIVS
    internal const int LimitProcessorTime = 0;      // RLIMIT_CPU, seconds
    internal const int LimitFileSize = 1;           // RLIMIT_FSIZE, bytes
    internal const int LimitData = 2;               // RLIMIT_DATA, bytes of private writable memory
    internal const int LimitCoreSize = 4;           // RLIMIT_CORE, bytes
    internal const nuint CloseOnExec = 4;           // CLOSE_RANGE_CLOEXEC
    internal const nint CloseRange = 436;           // the same number on every processor
    internal const nuint SetModeFilter = 1;         // SECCOMP_SET_MODE_FILTER
    internal const nuint AllThreads = 1;            // SECCOMP_FILTER_FLAG_TSYNC

    /// <summary>The number of seccomp(2).</summary>
    internal static nint Seccomp => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 317 : 277;

    /// <summary>struct rlimit.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ResourceLimit
    {
        /// <summary>What is in force.</summary>
        public nuint Soft;

        /// <summary>What it may be raised to.</summary>
        public nuint Hard;
    }

    /// <summary>struct sock_fprog.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct FilterProgram
    {
        /// <summary>Instructions.</summary>
        public ushort Length;

        /// <summary>The first one.</summary>
        public SystemCallFilter.Instruction* Instructions;
    }

    [LibraryImport("libc", EntryPoint = "dup", SetLastError = true)]
    internal static partial int Duplicate(int handle);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    internal static partial int DuplicateTo(int handle, int target);

    [LibraryImport("libc", EntryPoint = "_exit")]
    internal static partial void Exit(int code);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    internal static partial int ProcessControl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    internal static partial int SetLimit(int resource, in ResourceLimit limit);

    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    internal static partial int SetPriority(int which, int who, int nice);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint SystemCall(nint number, nuint a, nuint b, nuint c);
}
