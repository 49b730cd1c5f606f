using System.Runtime.InteropServices;

namespace LlmPlatform.TrainingWorker;

/// <summary>The calls of the C library that the program takes where there is one.</summary>
internal static partial class NativeCalls
{
    [LibraryImport("libc", EntryPoint = "dup", SetLastError = true)]
    internal static partial int Duplicate(int handle);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    internal static partial int DuplicateTo(int handle, int target);

    /// <summary>Ends the process without waiting for anything.</summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    internal static partial void Exit(int code);
}
