namespace LlmPlatform.Tokenization.Encodings;

/// <summary>Fills encodings up to one length.</summary>
internal static class Padding
{
    public static void Apply(IReadOnlyCollection<EncodingData> encodings, PaddingOptions options)
    {
        if (encodings.Count == 0)
        {
            return;
        }

        int length = options.Length ?? encodings.Max(encoding => encoding.Count);
        if (options.PadToMultipleOf is int multiple and > 0 && length % multiple != 0)
        {
            length = checked(length + multiple - (length % multiple));
        }

        foreach (EncodingData encoding in encodings)
        {
            Pad(encoding, length, options);
        }
    }

    private static void Pad(EncodingData encoding, int length, PaddingOptions options)
    {
        foreach (EncodingData overflow in encoding.Overflowing)
        {
            Pad(overflow, length, options);
        }

        int missing = length - encoding.Count;
        if (missing <= 0)
        {
            return;
        }

        bool left = options.Direction == TokenSide.Left;
        Fill(encoding.Ids, options.PadId, missing, left);
        Fill(encoding.Tokens, options.PadToken, missing, left);
        Fill(encoding.Offsets, default, missing, left);
        Fill(encoding.TypeIds, options.PadTypeId, missing, left);
        Fill(encoding.WordIds, null, missing, left);
        Fill(encoding.SpecialTokensMask, 1, missing, left);
        Fill(encoding.AttentionMask, 0, missing, left);
        if (left)
        {
            for (int i = 0; i < encoding.SequenceRanges.Count; i++)
            {
                SequenceRange range = encoding.SequenceRanges[i];
                encoding.SequenceRanges[i] = range with { Start = range.Start + missing, End = range.End + missing };
            }
        }
    }

    private static void Fill<T>(List<T> list, T value, int count, bool left) =>
        list.InsertRange(left ? 0 : list.Count, Enumerable.Repeat(value, count));
}
