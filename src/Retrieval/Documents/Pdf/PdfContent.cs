using LlmPlatform.Retrieval.Documents.Pdf.Decoding;
using LlmPlatform.Retrieval.Documents.Pdf.Layout;
using LlmPlatform.Retrieval.Documents.Pdf.Structure;
using UglyToad.PdfPig;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Exceptions;

namespace LlmPlatform.Retrieval.Documents.Pdf;

/// <summary>What a file holds, before it is put in order: lines page by page, outline, form values, title.</summary>
internal sealed class PdfContent
{
    /// <summary>The lines of every page, a list for each direction of text.</summary>
    public List<List<List<TextLine>>> Pages { get; } = [];

    /// <summary>Pages that could not be read, from 1.</summary>
    public List<int> DamagedPages { get; } = [];

    /// <summary>Pages that were left out because reading them costs too much, from 1.</summary>
    public List<int> CostlyPages { get; } = [];

    /// <summary>Letters that were read.</summary>
    public long Letters { get; private set; }

    /// <summary>Letters whose codes lead to no character.</summary>
    public long Unmapped { get; private set; }

    /// <summary>Whether a page shows an image.</summary>
    public bool HasImages { get; private set; }

    /// <summary>Whether the pages ask for text to be drawn, readable or not.</summary>
    public bool AsksForText { get; private set; }

    /// <summary>The bookmarks.</summary>
    public List<OutlineEntry> Outline { get; private set; } = [];

    /// <summary>What was filled into the form.</summary>
    public List<(int? Page, string Value)> FormValues { get; private set; } = [];

    /// <summary>The title and the author that the document names.</summary>
    public (string? Title, string? Author) Names { get; private set; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="DocumentException">It is damaged, encrypted, or costs more than the limits allow.</exception>
    public static PdfContent Read(ReadOnlyMemory<byte> bytes, string? password, DocumentLimits limits, ReadingBudget budget)
    {
        PdfContent content = new();
        try
        {
            using PdfDocument document = PdfDocument.Open(bytes, Options(password, limits, budget));
            budget.Check();
            if (document.NumberOfPages > limits.MaxParts)
            {
                budget.Exceed($"more than {limits.MaxParts} pages");
            }

            content.ReadAll(document, limits, budget);
        }
        catch (PdfDocumentEncryptedException e)
        {
            throw string.IsNullOrEmpty(password)
                ? new DocumentException(DocumentErrors.Encrypted, "the file is encrypted: a password is needed", e)
                : new DocumentException(DocumentErrors.WrongPassword, "the password does not open the file", e);
        }
        catch (PdfDocumentStackDepthException e)
        {
            throw new DocumentException(DocumentErrors.LimitExceeded, $"values nested more than {limits.MaxDepth} deep", e);
        }
        catch (Exception e) when (IsDamage(e))
        {
            budget.Check();
            throw new DocumentException(DocumentErrors.Corrupt, "the file is damaged: it is not a PDF that can be read", e);
        }

        return content;
    }

    private static ParsingOptions Options(string? password, DocumentLimits limits, ReadingBudget budget) => new()
    {
        UseLenientParsing = true,
        SkipMissingFonts = true,
        UseActualText = true,
        ClipPaths = false,
        MaxStackDepth = limits.MaxDepth,
        Password = password ?? "",
        FilterProvider = new CountedFilters(budget),
    };

    // The library says by all kinds of exceptions that a file is not as it should be.
    private static bool IsDamage(Exception e) =>
        e is not (DocumentException or OperationCanceledException or OutOfMemoryException or PdfDocumentStackDepthException);

    private void ReadAll(PdfDocument document, DocumentLimits limits, ReadingBudget budget)
    {
        GlyphReader glyphs = new();
        FormValues form = new(document, budget, limits);
        document.AddPageFactory(new PageSource.Factory());
        PageGuard guard = new(document, new ReadingBudget(limits, budget.CancellationToken));
        for (int number = 1; number <= document.NumberOfPages; number++)
        {
            budget.Check();
            List<List<TextLine>> lines = [];
            try
            {
                if (!guard.Allows(document.GetPage<PageSource>(number)))
                {
                    CostlyPages.Add(number);
                    Pages.Add(lines);
                    continue;
                }

                Page page = document.GetPage(number);
                Letters += page.Letters.Count;
                HasImages |= page.NumberOfImages > 0;
                AsksForText |= page.Letters.Count == 0 && ContentScan.AsksForText(page, document);
                lines = [.. glyphs.Read(page.Letters, budget).Select(group => LineBuilder.Build(group, budget))];
                form.AddPage(number, page.Dictionary);
            }
            catch (Exception e) when (IsDamage(e))
            {
                budget.Check();
                DamagedPages.Add(number);
            }

            Pages.Add(lines);
        }

        Unmapped = glyphs.Unmapped;
        Outline = new OutlineReader(document, budget).Read();
        Names = Metadata.Read(document, budget);
        FormValues = [.. form.Read()];
    }
}
