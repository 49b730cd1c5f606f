using System.Text.Json;
using System.Text.Json.Serialization;

namespace LlmPlatform.TrainingContracts.Worker;

/// <summary>How the lines between parent and child are written: one JSON object a line, snake_case.</summary>
public static class WorkerJson
{
    /// <summary>A line is longer than this only by mistake.</summary>
    public const int MaxLineLength = 1 << 20;

    /// <summary>snake_case, nulls left out, unknown members refused.</summary>
    public static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>One line without its end.</summary>
    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <summary>Reads one line.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static T Read<T>(string line) => JsonSerializer.Deserialize<T>(line, Options) ?? throw new JsonException("a JSON object was expected, not null");
}
