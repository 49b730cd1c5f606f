using System.Text.Json.Serialization;

namespace LlmPlatform.Gateway.OpenAi.Files;

/// <summary>A file of the caller's tenant.</summary>
public sealed record FileObject
{
    /// <summary>What requests name it by.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary><c>file</c>.</summary>
    [JsonPropertyName("object")]
    public string Object => "file";

    /// <summary>Its size.</summary>
    [JsonPropertyName("bytes")]
    public required long Bytes { get; init; }

    /// <summary>Unix time in seconds.</summary>
    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    /// <summary>As it was uploaded.</summary>
    [JsonPropertyName("filename")]
    public required string Filename { get; init; }

    /// <summary>What it is for.</summary>
    [JsonPropertyName("purpose")]
    public required string Purpose { get; init; }

    /// <summary><c>processed</c>: it can be used at once.</summary>
    [JsonPropertyName("status")]
    public string Status => "processed";

    internal static FileObject From(Contracts.Files.V1.File file) => new()
    {
        Id = file.Id,
        Bytes = file.Size,
        CreatedAt = file.CreatedAt?.Seconds ?? 0,
        Filename = file.Filename,
        Purpose = file.Purpose,
    };
}

/// <summary>One page of files.</summary>
public sealed record FileList
{
    /// <summary><c>list</c>.</summary>
    [JsonPropertyName("object")]
    public string Object => "list";

    /// <summary>The files.</summary>
    [JsonPropertyName("data")]
    public required IReadOnlyList<FileObject> Data { get; init; }

    /// <summary>The first file's id.</summary>
    [JsonPropertyName("first_id")]
    public string? FirstId => Data.Count > 0 ? Data[0].Id : null;

    /// <summary>The last file's id: the next page's <c>after</c>.</summary>
    [JsonPropertyName("last_id")]
    public string? LastId => Data.Count > 0 ? Data[^1].Id : null;

    /// <summary>Whether there are more.</summary>
    [JsonPropertyName("has_more")]
    public required bool HasMore { get; init; }
}

/// <summary>Says that a file is gone.</summary>
public sealed record FileDeleted
{
    /// <summary>The file's id.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary><c>file</c>.</summary>
    [JsonPropertyName("object")]
    public string Object => "file";

    /// <summary>True.</summary>
    [JsonPropertyName("deleted")]
    public bool Deleted => true;
}
