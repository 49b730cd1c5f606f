using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LlmPlatform.ModelService.Blobs;

/// <summary>A rename survives a loss of power once its folder is flushed, which .NET has no call for.</summary>
internal static class DirectoryFlush
{
    public static void Flush(string folder)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
        {
            return;
        }

        using SafeFileHandle handle = new(open(folder, 0), ownsHandle: true);
        if (handle.IsInvalid || fsync(handle) != 0)
        {
            throw new IOException($"the folder of a blob could not be flushed (error {Marshal.GetLastPInvokeError()})");
        }
    }

    [DllImport("libc", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int fsync(SafeFileHandle file);
}
