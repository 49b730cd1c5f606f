using System.Collections.Concurrent;
using LlmPlatform.Retrieval.Documents;
using LlmPlatform.Retrieval.Documents.Detection;
using LlmPlatform.Retrieval.Documents.Sandbox;
using LlmPlatform.Retrieval.Tests.Documents.Golden;
using LlmPlatform.Testing;

namespace LlmPlatform.Retrieval.Tests.Documents.Sandbox;

/// <summary>Being confined changes nothing: no parser needs a file, a library or a setting that a child does not have.</summary>
public sealed class SameReadingTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Each_small_document_is_the_first_of_a_process()
    {
        await using DocumentWorkerPool pool = new(new DocumentWorkerOptions { DocumentsPerWorker = 1, Workers = 2 });
        foreach (DocumentSource source in SmallDocuments.All())
        {
            long start = TimeProvider.System.GetTimestamp();
            ParsedDocument document = await pool.ReadAsync("a", source, TestContext.Current.CancellationToken);
            output.WriteLine($"{source.Filename}: {TimeProvider.System.GetElapsedTime(start).TotalMilliseconds:F0} ms");
            AssertSame(DocumentParsers.Parse(source, new DocumentLimits(), TestContext.Current.CancellationToken), document);
            Assert.Equal(Path.GetExtension(source.Filename).Replace(".md", ".markdown", StringComparison.Ordinal), $".{document.Kind}");
        }
    }

    [Fact]
    [Trait("Category", "Golden")]
    public async Task The_golden_documents_are_read_as_in_this_process()
    {
        SharedData.Require("golden", "documents", "expected.json");
        GoldenDocumentCase[] cases = [.. GoldenDocumentCase.All.Where(item => !item.IsHostile && !item.IsForeign)];
        await using DocumentWorkerPool pool = new(new DocumentWorkerOptions { Workers = 2 });
        ConcurrentBag<string> failures = [];
        int read = 0;
        await Parallel.ForEachAsync(
            cases,
            new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = TestContext.Current.CancellationToken },
            async (item, cancellationToken) =>
            {
                DocumentSource source = item.ToSource();
                (ParsedDocument? here, string? error) = Read(source);
                try
                {
                    ParsedDocument there = await pool.ReadAsync("a", source, cancellationToken);
                    AssertSame(here!, there);
                    Interlocked.Increment(ref read);
                }
                catch (DocumentException exception)
                {
                    if (exception.Code != error)
                    {
                        failures.Add($"{item.Id}: here {error ?? "ok"}, confined {exception.Code}: {exception.Message}");
                    }
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    failures.Add($"{item.Id}: here {error ?? "ok"}, confined otherwise: {exception.Message}");
                }
            });
        output.WriteLine($"{cases.Length} documents, {read} of them read");
        Assert.True(failures.IsEmpty, $"{failures.Count} failures\n{string.Join('\n', failures.Take(10))}");
        Assert.NotEqual(0, read);
    }

    // As the child answers: what a parser throws beside refusals stands for damage.
    private static (ParsedDocument? Document, string? Error) Read(DocumentSource source)
    {
        try
        {
            return (DocumentParsers.Parse(source, new DocumentLimits(), TestContext.Current.CancellationToken), null);
        }
        catch (DocumentException exception)
        {
            return (null, exception.Code);
        }
    }

    private static void AssertSame(ParsedDocument expected, ParsedDocument actual)
    {
        Assert.Equal(expected.Kind, actual.Kind);
        Assert.Equal(expected.Text, actual.Text);
        Assert.Equal((expected.Title, expected.Author, expected.Charset, expected.PageCount), (actual.Title, actual.Author, actual.Charset, actual.PageCount));
        Assert.Equal(expected.Warnings, actual.Warnings);
        Assert.Equal(expected.Blocks.Count, actual.Blocks.Count);
        for (int i = 0; i < expected.Blocks.Count; i++)
        {
            (DocumentBlock one, DocumentBlock other) = (expected.Blocks[i], actual.Blocks[i]);
            Assert.Equal(one with { Headings = [], Rows = [] }, other with { Headings = [], Rows = [] });
            Assert.Equal(one.Headings, other.Headings);
            Assert.Equal(one.Rows.SelectMany(row => row.Cells), other.Rows.SelectMany(row => row.Cells));
            Assert.Equal(one.Rows.Select(row => (row.Start, row.End, row.IsHeader)), other.Rows.Select(row => (row.Start, row.End, row.IsHeader)));
        }
    }
}
