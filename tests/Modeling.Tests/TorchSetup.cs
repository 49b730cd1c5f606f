using System.Runtime.CompilerServices;

namespace LlmPlatform.Modeling.Tests;

internal static class TorchSetup
{
    /// <summary>Before any test: libtorch is set up when it is loaded.</summary>
    [ModuleInitializer]
    internal static void Load() => TorchRuntime.EnsureLoaded(2);
}
