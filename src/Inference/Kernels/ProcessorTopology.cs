namespace LlmPlatform.Inference.Kernels;

/// <summary>What the machine has.</summary>
internal static class ProcessorTopology
{
    private const string CpuFolder = "/sys/devices/system/cpu";

    /// <summary>
    /// Physical cores that this process may use. Two threads on one core share its multipliers, so more kernels threads
    /// than cores make nothing faster. Where the system does not tell, its logical processors.
    /// </summary>
    public static int PhysicalCores { get; } = Count();

    private static int Count()
    {
        if (!OperatingSystem.IsLinux() || !Directory.Exists(CpuFolder))
        {
            return Environment.ProcessorCount;
        }

        HashSet<string> cores = [];
        foreach (string folder in Directory.EnumerateDirectories(CpuFolder, "cpu*"))
        {
            string siblings = Path.Combine(folder, "topology", "thread_siblings_list");
            if (File.Exists(siblings))
            {
                cores.Add(File.ReadAllText(siblings).Trim());
            }
        }

        return cores.Count == 0 ? Environment.ProcessorCount : Math.Min(cores.Count, Environment.ProcessorCount);
    }
}
