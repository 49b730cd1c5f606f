using System.Text.Json;

namespace LlmPlatform.Tokenization.Tests.Golden;

/// <summary>Reads truncation and padding as golden files write them.</summary>
internal static class GoldenOptions
{
    public static TruncationOptions? Truncation(JsonElement line)
    {
        if (!line.TryGetProperty("truncation", out JsonElement options) || options.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return new TruncationOptions(
            options.GetProperty("max_length").GetInt32(),
            options.GetProperty("stride").GetInt32(),
            options.GetProperty("strategy").GetString() switch
            {
                "only_first" => TruncationStrategy.OnlyFirst,
                "only_second" => TruncationStrategy.OnlySecond,
                "longest_first" => TruncationStrategy.LongestFirst,
                string other => throw new FormatException(other),
                null => throw new FormatException("no strategy"),
            },
            Side(options));
    }

    public static PaddingOptions? Padding(JsonElement line)
    {
        if (!line.TryGetProperty("padding", out JsonElement options) || options.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return new PaddingOptions(
            Number(options, "length"),
            options.GetProperty("pad_id").GetInt32(),
            options.GetProperty("pad_token").GetString()!,
            options.GetProperty("pad_type_id").GetInt32(),
            Side(options),
            Number(options, "pad_to_multiple_of"));
    }

    private static TokenSide Side(JsonElement options) =>
        options.GetProperty("direction").GetString() == "left" ? TokenSide.Left : TokenSide.Right;

    private static int? Number(JsonElement options, string name) =>
        options.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetInt32() : null;
}
