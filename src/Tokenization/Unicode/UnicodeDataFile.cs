using System.Text;

namespace LlmPlatform.Tokenization.Unicode;

/// <summary>Reads the tables in <c>Data/</c>, which are embedded in the assembly.</summary>
internal static class UnicodeDataFile
{
    /// <summary>The lines of a table without comments; a line that begins with a space goes on with the one before it.</summary>
    public static IEnumerable<string> ReadLines(string name)
    {
        using Stream stream = typeof(UnicodeDataFile).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The assembly lacks its table {name}.");
        using var reader = new StreamReader(stream);
        var line = new StringBuilder();
        for (string? next = reader.ReadLine(); next is not null; next = reader.ReadLine())
        {
            if (next.Length == 0 || next[0] == '#')
            {
                continue;
            }

            if (next[0] != ' ' && line.Length > 0)
            {
                yield return line.ToString();
                line.Clear();
            }

            line.Append(next);
        }

        yield return line.ToString();
    }

    /// <summary>The named sets of a table.</summary>
    public static IEnumerable<(string Name, CodePointSet Set)> ReadSets(string name) => ReadLines(name).Select(ReadSet);

    public static (string Name, CodePointSet Set) ReadSet(string line)
    {
        int end = line.IndexOf(' ', StringComparison.Ordinal);
        return (line[..end], CodePointSet.Parse(line[end..]));
    }
}
