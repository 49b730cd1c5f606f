using LlmPlatform.Tokenization.Encodings;

namespace LlmPlatform.Tokenization;

/// <summary>
/// A text turned into tokens. All lists have one element per token.
/// </summary>
public sealed class Encoding
{
    private int?[]? _sequenceIds;

    internal Encoding(EncodingData data)
    {
        Ids = [.. data.Ids];
        Tokens = [.. data.Tokens];
        Offsets = [.. data.Offsets];
        TypeIds = [.. data.TypeIds];
        WordIds = [.. data.WordIds];
        SpecialTokensMask = [.. data.SpecialTokensMask];
        AttentionMask = [.. data.AttentionMask];
        SequenceRanges = [.. data.SequenceRanges];
        Overflowing = [.. data.Overflowing.Select(overflow => new Encoding(overflow))];
    }

    /// <summary>The ids.</summary>
    public int[] Ids { get; }

    /// <summary>The tokens as text: the vocabulary's piece, or the text itself for added tokens and Unigram's unknown ones.</summary>
    public string[] Tokens { get; }

    /// <summary>Where each token lies in its member of the input, in code points; (0, 0) for tokens of the post-processor and padding.</summary>
    public TokenOffset[] Offsets { get; }

    /// <summary>The segment of each token (<c>token_type_ids</c>).</summary>
    public int[] TypeIds { get; }

    /// <summary>The index of the pre-token (or of the given word) each token comes from; null for special tokens and padding.</summary>
    public int?[] WordIds { get; }

    /// <summary>1 for tokens that the post-processor or padding added, 0 for those of the text.</summary>
    public int[] SpecialTokensMask { get; }

    /// <summary>0 for padding, 1 for everything else.</summary>
    public int[] AttentionMask { get; }

    /// <summary>0 for tokens of the text, 1 for those of its pair, null for special tokens.</summary>
    public int?[] SequenceIds => _sequenceIds ??= SequenceRange.ToSequenceIds(SequenceRanges, Ids.Length);

    /// <summary>The windows that truncation cut off, each a whole encoding of its own.</summary>
    public IReadOnlyList<Encoding> Overflowing { get; }

    internal SequenceRange[] SequenceRanges { get; }

    /// <summary>Turns <see cref="Offsets"/> into UTF-16 offsets, with which .NET strings can be sliced.</summary>
    /// <param name="text">The text that was encoded.</param>
    /// <param name="pair">Its pair, where there was one.</param>
    public TokenOffset[] ToUtf16Offsets(string text, string? pair = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        int[] textStarts = Utf16Starts(text);
        int[] pairStarts = pair is null ? textStarts : Utf16Starts(pair);
        var result = new TokenOffset[Offsets.Length];
        for (int i = 0; i < result.Length; i++)
        {
            int[] starts = SequenceIds[i] == 1 ? pairStarts : textStarts;
            result[i] = new TokenOffset(starts[Offsets[i].Start], starts[Offsets[i].End]);
        }

        return result;
    }

    private static int[] Utf16Starts(string text)
    {
        var starts = new List<int>(text.Length + 1);
        for (int i = 0; i < text.Length; i += i + 1 < text.Length && char.IsSurrogatePair(text, i) ? 2 : 1)
        {
            starts.Add(i);
        }

        starts.Add(text.Length);
        return [.. starts];
    }
}
