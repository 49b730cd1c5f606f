using System.Text.Json.Serialization;
using LlmPlatform.Contracts.Retrieval.V1;

namespace LlmPlatform.Gateway.OpenAi.VectorStores.Ask;

/// <summary>Words of a document that an answer rests on.</summary>
public sealed record CitationObject
{
    /// <summary>Number of the passage, from 1.</summary>
    [JsonPropertyName("passage")]
    public required int Passage { get; init; }

    /// <summary>The file; null when the passage it names was not sent.</summary>
    [JsonPropertyName("file_id")]
    public string? FileId { get; init; }

    /// <summary>That file's name.</summary>
    [JsonPropertyName("filename")]
    public required string Filename { get; init; }

    /// <summary>The document's words from <c>start</c> to <c>end</c>.</summary>
    [JsonPropertyName("quote")]
    public required string Quote { get; init; }

    /// <summary>Where they begin in the document's text, in UTF-16 code units.</summary>
    [JsonPropertyName("start")]
    public required long Start { get; init; }

    /// <summary>Where they end, exclusive.</summary>
    [JsonPropertyName("end")]
    public required long End { get; init; }

    /// <summary>The headings above them, the highest first.</summary>
    [JsonPropertyName("headings")]
    public required IReadOnlyList<string> Headings { get; init; }

    /// <summary>Page or slide, from 1.</summary>
    [JsonPropertyName("page")]
    public int? Page { get; init; }

    /// <summary>A spreadsheet's sheet.</summary>
    [JsonPropertyName("sheet")]
    public string? Sheet { get; init; }

    internal static CitationObject From(Citation citation, IReadOnlyList<SearchResult> passages) => new()
    {
        Passage = citation.Passage,
        FileId = passages.FirstOrDefault(result => result.Passage.DocumentId == citation.DocumentId)?.Passage.FileId,
        Filename = citation.Filename,
        Quote = citation.Quote,
        Start = citation.Start,
        End = citation.End,
        Headings = citation.Headings,
        Page = citation.HasPage ? citation.Page : null,
        Sheet = citation.Sheet is { Length: > 0 } sheet ? sheet : null,
    };
}
