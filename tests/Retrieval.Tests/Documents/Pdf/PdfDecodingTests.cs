using LlmPlatform.Retrieval.Documents;
using LlmPlatform.Retrieval.Documents.Pdf;
using LlmPlatform.Retrieval.Documents.Pdf.Decoding;
using UglyToad.PdfPig.Filters;
using UglyToad.PdfPig.Tokens;

namespace LlmPlatform.Retrieval.Tests.Documents.Pdf;

/// <summary>Decoders and the counting around them.</summary>
public sealed class PdfDecodingTests
{
    private static readonly DictionaryToken Nothing = DictionaryToken.Empty;

    [Fact]
    public void Each_filter_of_png_is_undone()
    {
        // Rows of three bytes, one filter each: none, left, above, average, Paeth.
        byte[] rows = [0, 1, 2, 3, 1, 1, 1, 1, 2, 1, 1, 1, 3, 1, 1, 1, 4, 1, 1, 1];
        Memory<byte> plain = new Predictor(15, 1, 8, 3).Undo(rows, Budget());
        Assert.Equal<byte>([1, 2, 3, 1, 2, 3, 2, 3, 4, 2, 3, 4, 3, 4, 5], plain.ToArray());
    }

    [Fact]
    public void Differences_of_tiff_are_undone() =>
        Assert.Equal<byte>([1, 3, 6, 4, 9, 15], new Predictor(2, 1, 8, 3).Undo(new byte[] { 1, 2, 3, 4, 5, 6 }, Budget()).ToArray());

    [Fact]
    public void Run_lengths_are_counted_as_they_decode()
    {
        byte[] encoded = [2, 65, 66, 67, 254, 68, 128];
        Assert.Equal(Decode(new RunLengthFilter(), encoded).Length, ExpandedLength.OfRunLength(encoded));
    }

    [Fact]
    public void Lzw_is_counted_as_it_decodes()
    {
        // The example of ISO 32000-1, 7.4.4.2.
        byte[] encoded = [0x80, 0x0B, 0x60, 0x50, 0x22, 0x0C, 0x0C, 0x85, 0x01];
        byte[] decoded = Decode(new LzwFilter(), encoded);
        Assert.Equal<byte>([45, 45, 45, 45, 45, 65, 45, 45, 45, 66], decoded);
        Assert.Equal(decoded.Length, ExpandedLength.OfLzw(encoded, Nothing, 0));
    }

    [Fact]
    public void A_limit_stays_exceeded_when_the_exception_was_swallowed()
    {
        ReadingBudget budget = Budget();
        Assert.Throws<DocumentException>(() => budget.AddDecoded(budget.MaxStream + 1));
        Assert.Equal(DocumentErrors.LimitExceeded, Assert.Throws<DocumentException>(budget.Check).Code);
    }

    [Fact]
    public void Streams_are_counted_together()
    {
        ReadingBudget budget = Budget();
        for (int i = 0; i < 8; i++)
        {
            budget.AddDecoded(budget.MaxStream);
        }

        Assert.Throws<DocumentException>(() => budget.AddDecoded(1));
    }

    private static byte[] Decode(IFilter filter, byte[] encoded) =>
        filter.Decode(encoded, Nothing, DefaultFilterProvider.Instance, 0).ToArray();

    private static ReadingBudget Budget() => new(new DocumentLimits(), TestContext.Current.CancellationToken);
}
