using System.Diagnostics;
using System.Reflection;

namespace LlmPlatform.Platform.Tests;

/// <summary>`dotnet run` builds Debug: what a new user then runs must be optimised all the same.</summary>
public class OptimizationTests
{
    public static TheoryData<string> PlatformAssemblies() =>
        [.. Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll")
            .Where(file => Path.GetFileName(file) is var name
                && (name.StartsWith("LlmPlatform.", StringComparison.Ordinal) || name == "llm.dll")
                && !name.EndsWith(".Tests.dll", StringComparison.Ordinal))
            .Select(file => Path.GetFileName(file))];

    [Theory]
    [MemberData(nameof(PlatformAssemblies))]
    public void Is_compiled_with_optimisation(string assembly)
    {
        Assembly loaded = Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, assembly));
        DebuggableAttribute? debuggable = loaded.GetCustomAttribute<DebuggableAttribute>();
        Assert.False(debuggable?.IsJITOptimizerDisabled ?? false, $"{assembly} is not optimised");
    }

    [Fact]
    public void The_kernels_are_among_the_assemblies_checked() =>
        Assert.Contains("LlmPlatform.Inference.dll", PlatformAssemblies().Select(row => row.Data));
}
