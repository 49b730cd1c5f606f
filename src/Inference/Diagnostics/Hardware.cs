using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using LlmPlatform.Inference.Kernels;

namespace LlmPlatform.Inference.Diagnostics;

/// <summary>What computes here. Every figure of speed names it.</summary>
public static class Hardware
{
    private const int FirstBrandLeaf = unchecked((int)0x80000002);
    private const int HighestExtendedLeaf = unchecked((int)0x80000000);
    private const int BrandLeaves = 3;
    private const string CpuInfo = "/proc/cpuinfo";

    /// <summary>The processor's name, as it gives it itself.</summary>
    public static string Processor { get; } = ReadName();

    /// <summary>The vector width that the kernels chose.</summary>
    public static string Kernels => KernelSet.Best.Name;

    private static string ReadName() => ReadBrand() ?? ReadCpuInfo() ?? $"{RuntimeInformation.ProcessArchitecture}";

    // The brand string: 48 characters in three leaves of CPUID.
    private static string? ReadBrand()
    {
        if (!X86Base.IsSupported || (uint)X86Base.CpuId(HighestExtendedLeaf, 0).Eax < unchecked((uint)(FirstBrandLeaf + BrandLeaves - 1)))
        {
            return null;
        }

        Span<int> registers = stackalloc int[BrandLeaves * 4];
        for (int leaf = 0; leaf < BrandLeaves; leaf++)
        {
            (registers[leaf * 4], registers[(leaf * 4) + 1], registers[(leaf * 4) + 2], registers[(leaf * 4) + 3]) = X86Base.CpuId(FirstBrandLeaf + leaf, 0);
        }

        string name = System.Text.Encoding.ASCII.GetString(MemoryMarshal.AsBytes(registers)).TrimEnd('\0').Trim();
        return name.Length > 0 ? name : null;
    }

    private static string? ReadCpuInfo() => !File.Exists(CpuInfo) ? null : File.ReadLines(CpuInfo)
        .Where(line => line.StartsWith("model name", StringComparison.Ordinal) || line.StartsWith("Model", StringComparison.Ordinal))
        .Select(line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())
        .FirstOrDefault(name => name.Length > 0);
}
