using System.Diagnostics;
using LlmPlatform.Retrieval.Documents;
using LlmPlatform.Retrieval.Documents.Detection;
using LlmPlatform.Retrieval.Tests.Documents.Golden;

namespace LlmPlatform.Retrieval.Tests.Documents;

/// <summary>
/// The hostile text files and unknown files of <c>golden/documents</c>, read in this process (the reader with limits reads
/// all hostile files): the parsers must hold the limits by themselves.
/// </summary>
[Trait("Category", "Golden")]
public sealed class HostileTextTests
{
    private static readonly string?[] Kinds =
        [DocumentKinds.Text, DocumentKinds.Markdown, DocumentKinds.Html, DocumentKinds.Csv, DocumentKinds.Jsonl, null];

    public static TheoryData<string> Cases
    {
        get
        {
            string[] ids = [.. GoldenDocumentCase.All
                .Where(item => item.IsHostile && Kinds.Contains(item.SupportedKind))
                .Select(item => item.Id)];
            return ids.Length == 0 ? ["none"] : [.. ids];
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_hostile_text_is_read_or_refused_in_time(string id)
    {
        GoldenDocumentCase expected = GoldenDocumentCase.Get(id);
        DocumentSource source = expected.ToSource();
        ParsedDocument? document = null;
        DocumentException? error = null;
        Stopwatch watch = Stopwatch.StartNew();
        try
        {
            document = DocumentParsers.Parse(source, new DocumentLimits(), TestContext.Current.CancellationToken);
        }
        catch (DocumentException refusal)
        {
            error = refusal;
        }

        Assert.True(watch.Elapsed.TotalSeconds < (expected.Limits?.MaxSeconds ?? 10), $"{watch.Elapsed.TotalSeconds:0.0} s");
        Assert.Empty(GoldenDocumentComparer.Check(expected, document, error));
    }
}
