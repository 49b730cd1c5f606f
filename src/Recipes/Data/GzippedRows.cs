using System.IO.Compression;
using System.Text.Json;
using LlmPlatform.Recipes.Running;

namespace LlmPlatform.Recipes.Data;

/// <summary>Reads gzipped JSON Lines, an object a line.</summary>
internal static class GzippedRows
{
    // The longest document of the sources has some hundred thousand characters.
    private const int MaxLine = 8 << 20;

    /// <summary>All rows of a folder's files, by the files' names and in each file's order.</summary>
    /// <typeparam name="T">What a row becomes.</typeparam>
    /// <param name="dataFolder">The folder with all data sets.</param>
    /// <param name="folder">The data set's folder in it.</param>
    /// <param name="source">Where the data comes from; for messages.</param>
    /// <param name="parse">Makes something of a row.</param>
    /// <exception cref="RecipeException">The folder is missing or a line is wrong.</exception>
    public static IEnumerable<T> Read<T>(string dataFolder, string folder, string source, Func<JsonElement, T> parse)
    {
        string path = Path.Combine(dataFolder, folder);
        string[] files = Directory.Exists(path) ? [.. Directory.EnumerateFiles(path, "*.jsonl.gz").Order(StringComparer.Ordinal)] : [];
        return files.Length > 0
            ? files.SelectMany(file => ReadFile(file, $"{folder}/{Path.GetFileName(file)}", parse))
            : throw new RecipeException($"{folder}: there are no files *.jsonl.gz in {dataFolder}, expected those made of {source}");
    }

    /// <summary>The rows of one file.</summary>
    /// <typeparam name="T">What a row becomes.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="name">For messages.</param>
    /// <param name="parse">Makes something of a row.</param>
    /// <exception cref="RecipeException">A line is wrong.</exception>
    public static IEnumerable<T> ReadFile<T>(string path, string name, Func<JsonElement, T> parse)
    {
        using FileStream file = File.OpenRead(path);
        using GZipStream plain = new(file, CompressionMode.Decompress);
        using StreamReader reader = new(plain);
        int number = 0;
        while (ReadLine(reader, $"{name}:{++number}") is { } line)
        {
            T row;
            try
            {
                using JsonDocument document = JsonDocument.Parse(line);
                row = parse(document.RootElement);
            }
            catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException)
            {
                throw new RecipeException($"{name}:{number}: {broken.Message}, expected an object as its README describes", broken);
            }

            yield return row;
        }
    }

    // A line has an end before memory has one.
    private static string? ReadLine(StreamReader reader, string place)
    {
        System.Text.StringBuilder line = new();
        int next;
        while ((next = reader.Read()) >= 0 && next != '\n')
        {
            line.Append((char)next);
            if (line.Length > MaxLine)
            {
                throw new RecipeException($"{place}: the line is longer than {MaxLine} characters, expected at most that");
            }
        }

        return next < 0 && line.Length == 0 ? null : line.ToString();
    }
}
