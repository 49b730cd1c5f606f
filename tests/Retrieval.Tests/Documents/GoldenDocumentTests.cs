using LlmPlatform.Retrieval.Documents;
using LlmPlatform.Retrieval.Documents.Detection;
using LlmPlatform.Retrieval.Tests.Documents.Golden;
using LlmPlatform.Testing;

namespace LlmPlatform.Retrieval.Tests.Documents;

/// <summary>The files of <c>golden/documents</c> that are not hostile, read in this process.</summary>
[Trait("Category", "Golden")]
public sealed class GoldenDocumentTests(ITestOutputHelper output)
{
    public static TheoryData<string> Cases => GoldenDocumentCase.Ids(hostile: false);

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_document_gives_what_its_case_expects(string id)
    {
        GoldenDocumentCase expected = GoldenDocumentCase.Get(id);
        if (GoldenCoverage.MissingFeature($"documents/{id}") is { } feature)
        {
            GoldenCoverage.Count("documents", skipped: true);
            Assert.Skip($"not covered yet: {feature}");
        }

        GoldenCoverage.Count("documents", skipped: false);
        (ParsedDocument? document, DocumentException? error) = Read(expected.ToSource());
        IReadOnlyList<string> failures = GoldenDocumentComparer.Check(expected, document, error);
        if (expected.IsForeign)
        {
            output.WriteLine($"{expected.Kind} is not read: refused with {error?.Code} ({error?.Message})");
        }

        if (document is not null)
        {
            (int found, int total) = GoldenDocumentComparer.CountOptional(expected, document);
            output.WriteLine($"{document.Kind}, {document.Blocks.Count} blocks, optional texts {found} of {total}");
        }

        Assert.True(
            failures.Count == 0,
            $"{id}: {failures.Count} failures\n{string.Join('\n', failures.Take(10))}");
    }

    private static (ParsedDocument? Document, DocumentException? Error) Read(DocumentSource source)
    {
        try
        {
            return (DocumentParsers.Parse(source, new DocumentLimits(), TestContext.Current.CancellationToken), null);
        }
        catch (DocumentException error)
        {
            return (null, error);
        }
    }
}
