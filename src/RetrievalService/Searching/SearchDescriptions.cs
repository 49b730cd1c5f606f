using LlmPlatform.Retrieval.Index;
using LlmPlatform.Retrieval.Search;
using LlmPlatform.RetrievalService.Documents;
using Wire = LlmPlatform.Contracts.Retrieval.V1;

namespace LlmPlatform.RetrievalService.Searching;

/// <summary>Results as callers see them.</summary>
internal static class SearchDescriptions
{
    public static Wire.SearchResult Describe(SearchResult result, FoundDocument document) => new()
    {
        Passage = Describe(result.Point, document),
        Score = result.Score,
        Parts = Describe(result.Parts),
    };

    private static Wire.Passage Describe(IndexPoint point, FoundDocument document)
    {
        Wire.Passage passage = new()
        {
            DocumentId = document.Id,
            FileId = document.FileId,
            Filename = document.Filename,
            Title = document.Title,
            Chunk = point.Chunk,
            Text = point.Text,
            Start = point.Start,
            End = point.End,
            Headings = { point.Headings },
            Sheet = point.Sheet ?? "",
            Revision = point.Revision,
        };
        if (point.Page is { } page)
        {
            passage.Page = page;
        }

        foreach ((string name, var value) in AttributeJson.Read(document.Attributes))
        {
            passage.Attributes[name] = value.ToWire();
        }

        return passage;
    }

    private static Wire.ScoreParts Describe(ScoreParts parts)
    {
        Wire.ScoreParts described = new() { DenseWeight = parts.DenseWeight };
        if (parts.Dense is { } dense)
        {
            (described.Dense, described.DenseRank, described.DenseScaled) = (dense, parts.DenseRank ?? 0, parts.DenseScaled ?? 0);
        }

        if (parts.Keyword is { } keyword)
        {
            (described.Keyword, described.KeywordRank, described.KeywordScaled) = (keyword, parts.KeywordRank ?? 0, parts.KeywordScaled ?? 0);
        }

        if (parts.DiversityPenalty is { } penalty)
        {
            described.DiversityPenalty = penalty;
        }

        if (parts is { DocumentDenseScaled: { } documentDense, DocumentKeywordScaled: { } documentKeyword })
        {
            (described.DocumentDenseScaled, described.DocumentKeywordScaled) = (documentDense, documentKeyword);
        }

        described.Terms.Add(parts.Terms.ToDictionary());
        return described;
    }
}
