using System.Text.Json;

namespace LlmPlatform.TrainingService.Rows;

/// <summary>Maps as columns hold them.</summary>
internal static class Json
{
    public static string Write(IEnumerable<KeyValuePair<string, string>> values) =>
        JsonSerializer.Serialize(new SortedDictionary<string, string>(values.ToDictionary(), StringComparer.Ordinal));

    public static string Write(IEnumerable<KeyValuePair<string, double>> values) =>
        JsonSerializer.Serialize(new SortedDictionary<string, double>(values.ToDictionary(), StringComparer.Ordinal));

    public static Dictionary<string, string> ReadTexts(string json) => JsonSerializer.Deserialize<Dictionary<string, string>>(json) ?? [];

    public static Dictionary<string, double> ReadNumbers(string json) => JsonSerializer.Deserialize<Dictionary<string, double>>(json) ?? [];
}
