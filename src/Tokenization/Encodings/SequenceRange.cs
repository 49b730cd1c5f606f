namespace LlmPlatform.Tokenization.Encodings;

/// <summary>The tokens <c>[Start, End)</c> of an encoding that come from the text (0) or its pair (1).</summary>
internal readonly record struct SequenceRange(int Sequence, int Start, int End)
{
    /// <summary>
    /// The member of the input that each token belongs to, or null. As in the reference there are as many members as
    /// ranges, at least one, and a member without a range has all tokens.
    /// </summary>
    public static int?[] ToSequenceIds(IReadOnlyCollection<SequenceRange> ranges, int length)
    {
        var ids = new int?[length];
        for (int sequence = 0; sequence < Math.Max(ranges.Count, 1); sequence++)
        {
            SequenceRange[] own = [.. ranges.Where(range => range.Sequence == sequence)];
            (int start, int end) = own.Length == 0 ? (0, length) : (own[0].Start, own[0].End);
            Array.Fill(ids, sequence, start, end - start);
        }

        return ids;
    }
}
