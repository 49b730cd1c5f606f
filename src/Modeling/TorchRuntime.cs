using System.Reflection;
using TorchSharp;

namespace LlmPlatform.Modeling;

/// <summary>The native library under the networks: loaded once a process, with a set number of threads.</summary>
public static class TorchRuntime
{
    /// <summary>Loads libtorch and sets how many threads one operation uses.</summary>
    /// <param name="threads">At least 1. Results of sums depend on it in the last bits.</param>
    /// <exception cref="TorchUnavailableException">The library is not there or cannot be loaded on this machine.</exception>
    public static void EnsureLoaded(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
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
}
