using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp;

namespace LlmPlatform.Modeling;

/// <summary>The native library under the networks: loaded once a process, with a set number of threads.</summary>
public static partial class TorchRuntime
{
    private const string WaitPolicy = "OMP_WAIT_POLICY";

    /// <summary>
    /// Loads libtorch and sets how many threads one operation uses. To be called before anything else of Torch: threads
    /// that wait for others then sleep, unless the environment says otherwise. They would spin, and on a machine with other
    /// work that costs everyone several times the time of the work itself.
    /// </summary>
    /// <param name="threads">At least 1. Results of sums depend on it in the last bits.</param>
    /// <exception cref="TorchUnavailableException">The library is not there or cannot be loaded on this machine.</exception>
    public static void EnsureLoaded(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        WaitAsleep();
        try
        {
            torch.InitializeDeviceType(DeviceType.CPU);
            torch.set_num_threads(threads);
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException or NotSupportedException or EntryPointNotFoundException
            or BadImageFormatException or TargetInvocationException or TypeLoadException)
        {
            throw new TorchUnavailableException(
                $"libtorch cannot be loaded: {e.GetBaseException().Message} "
                + "(expected beside the program: the files of the package libtorch-cpu of this operating system, 64 bits)",
                e);
        }
    }

    // The library of threads reads its environment when it is loaded, and not .NET's copy of it.
    private static void WaitAsleep()
    {
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable(WaitPolicy)))
        {
            return;
        }

        Environment.SetEnvironmentVariable(WaitPolicy, "PASSIVE");
        if (!OperatingSystem.IsWindows())
        {
            _ = SetNativeVariable(WaitPolicy, "PASSIVE", overwrite: 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNativeVariable(string name, string value, int overwrite);
}
