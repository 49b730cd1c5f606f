using System.Runtime.ExceptionServices;
using LlmPlatform.Retrieval.Documents.Pdf.Structure;

namespace LlmPlatform.Retrieval.Documents.Pdf;

/// <summary>
/// Reads PDF files: the text in reading order, headings, items, tables and form values, each with its page. Images are
/// not decoded; text that is only drawn is not recognised.
/// </summary>
public sealed class PdfParser : IDocumentParser
{
    // Damaged files make the library go deep; its own limit counts most ways, not all.
    private const int StackSize = 64 << 20;

    /// <inheritdoc/>
    public string Kind => DocumentKinds.Pdf;

    /// <inheritdoc/>
    public ParsedDocument Parse(DocumentSource source, DocumentLimits limits, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(limits);
        if (source.Bytes.IsEmpty)
        {
            throw new DocumentException(DocumentErrors.EmptyFile, "the file is empty");
        }

        if (source.Bytes.Length > limits.MaxBytes)
        {
            throw new DocumentException(DocumentErrors.LimitExceeded, $"the file has more than {limits.MaxBytes} bytes");
        }

        ParsedDocument? result = null;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(
            () =>
            {
                try
                {
                    result = Read(source, limits, cancellationToken);
                }
                catch (Exception e)
                {
                    failure = ExceptionDispatchInfo.Capture(e);
                }
            },
            StackSize)
        {
            IsBackground = true,
            Name = "PDF",
        };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result!;
    }

    private static ParsedDocument Read(DocumentSource source, DocumentLimits limits, CancellationToken cancellationToken)
    {
        ReadingBudget budget = new(limits, cancellationToken);
        Decoding.CharacterMapGuard.Check(source.Bytes.Span, budget);
        Decoding.CrossReferenceGuard.Check(source.Bytes.Span, budget);
        PdfContent? content = null;
        DocumentException? failure = null;
        try
        {
            content = PdfContent.Read(source.Bytes, source.Password, limits, budget);
        }
        catch (DocumentException e) when (e.Code == DocumentErrors.Corrupt)
        {
            failure = e;
        }

        if ((content is null || content.DamagedPages.Count > 0) && Repair.Rebuild(source.Bytes, budget) is { } rebuilt)
        {
            try
            {
                PdfContent again = PdfContent.Read(rebuilt, source.Password, limits, budget);
                content = content is null || again.Letters > content.Letters ? again : content;
            }
            catch (DocumentException e) when (e.Code is DocumentErrors.Corrupt or DocumentErrors.Encrypted or DocumentErrors.WrongPassword)
            {
                failure ??= e;
            }
        }

        return content is null ? throw failure! : Composer.Compose(content, limits, budget);
    }
}
