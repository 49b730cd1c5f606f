using System.Text.Json;

namespace LlmPlatform.Tokenization.Tests.Golden;

/// <summary>Compares an encoding with the fields of a golden one; fields left out there have their usual values.</summary>
internal static class ExpectedEncoding
{
    public static string? Difference(JsonElement expected, Encoding actual) =>
        Compare(expected, "ids", actual.Ids, 0)
        ?? CompareTokens(expected, actual)
        ?? CompareOffsets(expected, actual)
        ?? Compare(expected, "word_ids", actual.WordIds, null)
        ?? Compare(expected, "type_ids", actual.TypeIds, 0)
        ?? Compare(expected, "special_tokens_mask", actual.SpecialTokensMask, 0)
        ?? Compare(expected, "attention_mask", actual.AttentionMask, 1)
        ?? Compare(expected, "sequence_ids", actual.SequenceIds, 0)
        ?? CompareOverflowing(expected, actual);

    public static int[] Ids(JsonElement list) => [.. list.EnumerateArray().Select(id => id.GetInt32())];

    private static string? Compare<T>(JsonElement expected, string field, T[] actual, T missing)
    {
        T[] wanted = expected.TryGetProperty(field, out JsonElement list)
            ? list.Deserialize<T[]>()!
            : [.. Enumerable.Repeat(missing, actual.Length)];
        return wanted.SequenceEqual(actual) ? null : Describe(expected, field, wanted, actual);
    }

    private static string? CompareTokens(JsonElement expected, Encoding actual)
    {
        string[] wanted = expected.GetProperty("tokens").Deserialize<string[]>()!;
        return wanted.SequenceEqual(actual.Tokens, StringComparer.Ordinal)
            ? null
            : Describe(expected, "tokens", wanted, actual.Tokens);
    }

    private static string? CompareOffsets(JsonElement expected, Encoding actual)
    {
        TokenOffset[] wanted = Offsets(expected.GetProperty("offsets"));
        if (!wanted.SequenceEqual(actual.Offsets))
        {
            return Describe(expected, "offsets", wanted, actual.Offsets);
        }

        if (!expected.TryGetProperty("utf16_offsets", out JsonElement utf16) || !expected.TryGetProperty("text", out JsonElement text))
        {
            return null;
        }

        string? pair = expected.TryGetProperty("pair", out JsonElement second) ? second.GetString() : null;
        TokenOffset[] units = actual.ToUtf16Offsets(text.GetString()!, pair);
        return Offsets(utf16).SequenceEqual(units) ? null : Describe(expected, "utf16_offsets", Offsets(utf16), units);
    }

    private static string? CompareOverflowing(JsonElement expected, Encoding actual)
    {
        if (expected.TryGetProperty("overflowing_ids", out JsonElement ids))
        {
            int[][] wanted = ids.Deserialize<int[][]>()!;
            return wanted.Length == actual.Overflowing.Count
                && wanted.Zip(actual.Overflowing).All(pair => pair.First.SequenceEqual(pair.Second.Ids))
                    ? null
                    : Describe(expected, "overflowing_ids", wanted, actual.Overflowing.Select(overflow => overflow.Ids).ToArray());
        }

        JsonElement[] windows = expected.TryGetProperty("overflowing", out JsonElement list) ? [.. list.EnumerateArray()] : [];
        bool checks = expected.TryGetProperty("overflowing", out _) || !expected.TryGetProperty("decoded", out _);
        if (!checks)
        {
            return null;
        }

        return windows.Length != actual.Overflowing.Count
            ? $"{windows.Length} overflowing windows expected, {actual.Overflowing.Count} found"
            : windows.Zip(actual.Overflowing)
                .Select((pair, i) => Difference(pair.First, pair.Second) is string difference ? $"overflowing[{i}]: {difference}" : null)
                .FirstOrDefault(difference => difference is not null);
    }

    private static TokenOffset[] Offsets(JsonElement list) =>
        [.. list.EnumerateArray().Select(offset => new TokenOffset(offset[0].GetInt32(), offset[1].GetInt32()))];

    private static string Describe<T>(JsonElement expected, string field, T wanted, T actual)
    {
        string input = expected.TryGetProperty("text", out JsonElement text) ? text.GetRawText() : "";
        return $"{input} {field}\n    expected {Show(wanted)}\n    actual   {Show(actual)}";
    }

    private static string Show<T>(T value) => JsonSerializer.Serialize(value, RelaxedJson.Options);
}
