using System.Text.Json;

namespace LlmPlatform.RetrievalService.Rows;

/// <summary>Lists and maps of strings as columns hold them.</summary>
internal static class Json
{
    public static string Write(IEnumerable<string> values) => JsonSerializer.Serialize<IReadOnlyList<string>>([.. values]);

    public static string Write(IEnumerable<KeyValuePair<string, string>> values) =>
        JsonSerializer.Serialize(new SortedDictionary<string, string>(values.ToDictionary(), StringComparer.Ordinal));

    public static IReadOnlyList<string> ReadList(string json) => JsonSerializer.Deserialize<List<string>>(json) ?? [];

    public static IReadOnlyDictionary<string, string> ReadMap(string json) => JsonSerializer.Deserialize<Dictionary<string, string>>(json) ?? [];
}
