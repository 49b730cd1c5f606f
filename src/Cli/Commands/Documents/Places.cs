using System.Text.Json.Nodes;
using LlmPlatform.Contracts.Retrieval.V1;

namespace LlmPlatform.Cli.Commands.Documents;

/// <summary>Says where in a document something stands.</summary>
internal static class Places
{
    private const int Shown = 160;

    public static string Of(Passage passage) => Of(passage.Filename, passage.HasPage ? passage.Page : null, passage.Sheet, passage.Headings);

    public static string Of(Citation citation) => Of(citation.Filename, citation.HasPage ? citation.Page : null, citation.Sheet, citation.Headings);

    /// <summary>The beginning of a text on one line.</summary>
    public static string Beginning(string text)
    {
        string line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (line.Length <= Shown)
        {
            return line;
        }

        int end = char.IsHighSurrogate(line[Shown - 1]) ? Shown - 1 : Shown;
        return line[..end] + "…";
    }

    public static JsonObject Describe(Citation citation) => new()
    {
        ["passage"] = citation.Passage,
        ["document_id"] = citation.DocumentId,
        ["filename"] = citation.Filename,
        ["quote"] = citation.Quote,
        ["start"] = citation.Start,
        ["end"] = citation.End,
        ["headings"] = Texts(citation.Headings),
        ["page"] = citation.HasPage ? citation.Page : null,
        ["sheet"] = citation.Sheet is { Length: > 0 } sheet ? sheet : null,
    };

    public static JsonObject Describe(SearchResult result)
    {
        Passage passage = result.Passage;
        return new JsonObject
        {
            ["score"] = result.Score,
            ["document_id"] = passage.DocumentId,
            ["file_id"] = passage.FileId,
            ["filename"] = passage.Filename,
            ["title"] = passage.Title,
            ["chunk"] = passage.Chunk,
            ["start"] = passage.Start,
            ["end"] = passage.End,
            ["headings"] = Texts(passage.Headings),
            ["page"] = passage.HasPage ? passage.Page : null,
            ["sheet"] = passage.Sheet is { Length: > 0 } sheet ? sheet : null,
            ["text"] = passage.Text,
            ["parts"] = result.Parts is { } parts ? Describe(parts) : null,
        };
    }

    private static JsonObject Describe(ScoreParts parts) => new()
    {
        ["dense"] = parts.HasDense ? parts.Dense : null,
        ["dense_rank"] = parts.HasDenseRank ? parts.DenseRank : null,
        ["keyword"] = parts.HasKeyword ? parts.Keyword : null,
        ["keyword_rank"] = parts.HasKeywordRank ? parts.KeywordRank : null,
        ["dense_weight"] = parts.DenseWeight,
        ["terms"] = new JsonObject(parts.Terms.Select(term => KeyValuePair.Create(term.Key, (JsonNode?)JsonValue.Create(term.Value)))),
    };

    private static string Of(string filename, int? page, string sheet, IEnumerable<string> headings)
    {
        string place = filename;
        place += page is { } number ? $", page {number}" : "";
        place += sheet.Length > 0 ? $", {sheet}" : "";
        string path = string.Join(" > ", headings);
        return path.Length > 0 ? $"{place}, {path}" : place;
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);
}
