using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LlmPlatform.TrainingContracts.Checkpoints;

/// <summary>A new name in a folder survives a loss of power once the folder is flushed, which .NET has no call for.</summary>
internal static partial class DirectoryFlush
{
    // EINVAL: a file system that cannot flush folders (some of those over a network).
    private const int NotSupported = 22;

    /// <summary>Flushes the entries of a folder; does nothing on Windows, where a rename is in the journal.</summary>
    /// <exception cref="IOException">The disk cannot be written.</exception>
    public static void Flush(string folder)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
        {
            return;
        }

        using SafeFileHandle handle = new(Open(folder, 0), ownsHandle: true);
        if (handle.IsInvalid || (Sync(handle) != 0 && Marshal.GetLastPInvokeError() != NotSupported))
        {
            throw new IOException($"the folder {Path.GetFileName(folder)} of a checkpoint could not be flushed (error {Marshal.GetLastPInvokeError()})");
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(SafeFileHandle file);
}
