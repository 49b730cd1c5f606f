using System.IO.Compression;
using System.Text.Json;
using LlmPlatform.Testing;

namespace LlmPlatform.Platform.Tests.Retrieval;

/// <summary>Korean documentation of real projects.</summary>
internal static class KoreanDocs
{
    private static readonly string[] Sets = ["ms-aspnetcore", "react-docs", "python-docs"];

    /// <summary>Reads the sets, or skips the calling test. The lines that are the title are taken out of the text.</summary>
    public static List<Entry> Require() => [.. Sets.SelectMany(Read)];

    private static IEnumerable<Entry> Read(string set)
    {
        using GZipStream stream = new(File.OpenRead(SharedData.Require("data", "korean-docs", set + ".jsonl.gz")), CompressionMode.Decompress);
        using StreamReader reader = new(stream);
        while (reader.ReadLine() is { } line)
        {
            using JsonDocument json = JsonDocument.Parse(line);
            string title = json.RootElement.GetProperty("title").GetString() ?? "";
            string text = json.RootElement.GetProperty("text").GetString()!;
            yield return new Entry(title.Trim(), string.Join('\n', text.Split('\n').Where(one => one.Trim() != title.Trim())));
        }
    }

    internal sealed record Entry(string Title, string Text);
}
