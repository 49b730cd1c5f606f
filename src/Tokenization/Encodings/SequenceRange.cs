namespace LlmPlatform.Tokenization.Encodings;

/// <summary>The tokens <c>[Start, End)</c> of an encoding that come from the text (0) or its pair (1).</summary>
internal readonly record struct SequenceRange(int Sequence, int Start, int End)
{
    /// <summary>Without any range all tokens belong to the text.</summary>
    public static int?[] ToSequenceIds(IReadOnlyCollection<SequenceRange> ranges, int length)
    {
        var ids = new int?[length];
        if (ranges.Count == 0)
        {
            Array.Fill(ids, 0);
        }

        foreach (SequenceRange range in ranges)
        {
            Array.Fill(ids, range.Sequence, range.Start, range.End - range.Start);
        }

        return ids;
    }
}
