using System.Globalization;

namespace LlmPlatform.Benchmarks.Training;

/// <summary>A process and all that descend from it, as Linux tells them in <c>/proc</c>.</summary>
internal static class ProcessTree
{
    /// <summary>Resident memory of a process and of all that descend from it, in MB. Pages that two of them share count twice.</summary>
    public static (double Root, double Children) ResidentMegabytes(int root)
    {
        Dictionary<int, int> parents = Parents();
        double own = 0, others = 0;
        foreach (int id in parents.Keys.Where(id => Descends(id, root, parents)))
        {
            double memory = FindResident(id);
            own += id == root ? memory : 0;
            others += id == root ? 0 : memory;
        }

        return (own, others);
    }

    private static Dictionary<int, int> Parents()
    {
        Dictionary<int, int> parents = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            // The program's name stands in brackets and may hold any letter; state and parent follow it.
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id) && Find(Path.Combine(folder, "stat")) is { } stat)
            {
                parents[id] = int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
            }
        }

        return parents;
    }

    private static bool Descends(int id, int root, Dictionary<int, int> parents)
    {
        while (id != root && parents.TryGetValue(id, out int parent))
        {
            id = parent;
        }

        return id == root;
    }

    // A process that has ended meanwhile, or waits for its parent to notice, has none.
    private static double FindResident(int id)
    {
        string? line = Find($"/proc/{id}/status")?.Split('\n').FirstOrDefault(entry => entry.StartsWith("VmRSS:", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024 / 1e6;
    }

    private static string? Find(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
