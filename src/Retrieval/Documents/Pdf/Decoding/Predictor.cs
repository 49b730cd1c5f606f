using UglyToad.PdfPig.Tokens;

namespace LlmPlatform.Retrieval.Documents.Pdf.Decoding;

/// <summary>
/// How rows of bytes were made smaller before they were compressed (ISO 32000-1, 7.4.4.4): 2 is TIFF's difference to the
/// left, 10 and above are PNG's filters, one for each row.
/// </summary>
internal readonly record struct Predictor(int Kind, long Colors, long BitsPerComponent, long Columns)
{
    // A page's content and a cross-reference table have a few columns; images are not decoded.
    private const long MostRowBytes = 1 << 20;

    private long RowBytes => ((Colors * BitsPerComponent * Columns) + 7) / 8;

    private bool IsSane => Colors is > 0 and <= 64 && BitsPerComponent is > 0 and <= 32 && Columns is > 0 and < int.MaxValue
        && RowBytes <= MostRowBytes;

    /// <summary>The predictor that a stream's dictionary names for one of its filters.</summary>
    public static Predictor Of(DictionaryToken dictionary, int filterIndex)
    {
        DictionaryToken? parameters = null;
        if (dictionary.TryGet(NameToken.DecodeParms, out IToken token) || dictionary.TryGet(NameToken.Dp, out token))
        {
            parameters = token switch
            {
                DictionaryToken one => one,
                ArrayToken several when filterIndex < several.Length => several.Data[filterIndex] as DictionaryToken,
                _ => null,
            };
        }

        return parameters is null
            ? new Predictor(1, 1, 8, 1)
            : new Predictor(
                (int)Value("Predictor", 1), Value("Colors", 1), Value("BitsPerComponent", 8), Value("Columns", 1));

        long Value(string name, long otherwise) =>
            parameters!.TryGet(NameToken.Create(name), out NumericToken number) ? number.Long : otherwise;
    }

    /// <summary>Throws if its rows are longer than anything sensible.</summary>
    public void Require(ReadingBudget budget)
    {
        if (Kind > 1 && !IsSane)
        {
            budget.Exceed($"a predictor with rows of more than {MostRowBytes} bytes");
        }
    }

    /// <summary>The bytes as they were before.</summary>
    public Memory<byte> Undo(Memory<byte> data, ReadingBudget budget)
    {
        Require(budget);
        if (Kind <= 1)
        {
            return data;
        }

        int pixel = (int)Math.Max(1, Colors * BitsPerComponent / 8);
        return Kind == 2 ? UndoTiff(data, pixel) : UndoPng(data, pixel);
    }

    private Memory<byte> UndoTiff(Memory<byte> data, int pixel)
    {
        if (BitsPerComponent != 8)
        {
            return data;
        }

        int row = (int)RowBytes;
        Span<byte> bytes = data.Span;
        for (int start = 0; start < bytes.Length; start += row)
        {
            int end = Math.Min(start + row, bytes.Length);
            for (int i = start + pixel; i < end; i++)
            {
                bytes[i] += bytes[i - pixel];
            }
        }

        return data;
    }

    private Memory<byte> UndoPng(Memory<byte> data, int pixel)
    {
        int row = (int)RowBytes;
        ReadOnlySpan<byte> input = data.Span;
        byte[] output = new byte[((input.Length / (row + 1)) + 1) * row];
        byte[] zeros = new byte[row];
        int written = 0;
        for (int at = 0; at + 1 < input.Length; at += row + 1)
        {
            int filter = input[at];
            int count = Math.Min(row, input.Length - at - 1);
            Span<byte> line = output.AsSpan(written, row);
            ReadOnlySpan<byte> above = written == 0 ? zeros : output.AsSpan(written - row, row);
            input.Slice(at + 1, count).CopyTo(line);
            for (int i = 0; i < count; i++)
            {
                byte left = i >= pixel ? line[i - pixel] : (byte)0;
                byte corner = i >= pixel ? above[i - pixel] : (byte)0;
                line[i] += filter switch
                {
                    1 => left,
                    2 => above[i],
                    3 => (byte)((left + above[i]) / 2),
                    4 => Paeth(left, above[i], corner),
                    _ => 0,
                };
            }

            written += count;
        }

        return output.AsMemory(0, written);
    }

    private static byte Paeth(byte left, byte above, byte corner)
    {
        int estimate = left + above - corner;
        int toLeft = Math.Abs(estimate - left);
        int toAbove = Math.Abs(estimate - above);
        int toCorner = Math.Abs(estimate - corner);
        return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
    }
}
