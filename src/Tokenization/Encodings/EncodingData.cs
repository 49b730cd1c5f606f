using System.Runtime.InteropServices;

namespace LlmPlatform.Tokenization.Encodings;

/// <summary>
/// An encoding while it is made: truncation, post-processors and padding change it. Its rules about overflowing windows
/// are those of the tokenizers library, on whose nesting callers rely.
/// </summary>
internal sealed class EncodingData
{
    public List<int> Ids { get; } = [];

    public List<string> Tokens { get; } = [];

    public List<TokenOffset> Offsets { get; } = [];

    public List<int> TypeIds { get; } = [];

    public List<int?> WordIds { get; } = [];

    public List<int> SpecialTokensMask { get; } = [];

    public List<int> AttentionMask { get; } = [];

    public List<SequenceRange> SequenceRanges { get; private set; } = [];

    public List<EncodingData> Overflowing { get; set; } = [];

    public int Count => Ids.Count;

    public void Add(int id, string token, TokenOffset offset, int typeId, int? wordId, bool special = false, bool attended = true)
    {
        Ids.Add(id);
        Tokens.Add(token);
        Offsets.Add(offset);
        TypeIds.Add(typeId);
        WordIds.Add(wordId);
        SpecialTokensMask.Add(special ? 1 : 0);
        AttentionMask.Add(attended ? 1 : 0);
    }

    public void AddSpecial(int id, string token, int typeId) => Add(id, token, default, typeId, null, special: true);

    public void SetTypeIds(int typeId) => CollectionsMarshal.AsSpan(TypeIds).Fill(typeId);

    /// <summary>Says that all tokens so far belong to a member of the input.</summary>
    public void SetSequence(int sequence) => SetSequence(sequence, 0, Count);

    public void SetSequence(int sequence, int start, int end)
    {
        SequenceRanges.RemoveAll(range => range.Sequence == sequence);
        SequenceRanges.Add(new SequenceRange(sequence, start, end));
    }

    public void ClearSequences() => SequenceRanges = [];

    /// <summary>A copy of the tokens <c>[start, end)</c>, without overflowing windows and sequence ranges.</summary>
    public EncodingData Slice(int start, int end)
    {
        int count = end - start;
        var slice = new EncodingData();
        slice.Ids.AddRange(Ids.GetRange(start, count));
        slice.Tokens.AddRange(Tokens.GetRange(start, count));
        slice.Offsets.AddRange(Offsets.GetRange(start, count));
        slice.TypeIds.AddRange(TypeIds.GetRange(start, count));
        slice.WordIds.AddRange(WordIds.GetRange(start, count));
        slice.SpecialTokensMask.AddRange(SpecialTokensMask.GetRange(start, count));
        slice.AttentionMask.AddRange(AttentionMask.GetRange(start, count));
        return slice;
    }

    public EncodingData Clone()
    {
        EncodingData clone = Slice(0, Count);
        clone.SequenceRanges.AddRange(SequenceRanges);
        clone.Overflowing.AddRange(Overflowing.Select(overflow => overflow.Clone()));
        return clone;
    }

    /// <summary>
    /// Appends another encoding. Every overflowing window of the one is combined with the other and with all its windows.
    /// </summary>
    public void Append(EncodingData other)
    {
        var overflowing = new List<EncodingData>();
        foreach (EncodingData own in Overflowing)
        {
            overflowing.Add(Joined(own, other));
            overflowing.AddRange(other.Overflowing.Select(theirs => Joined(own, theirs)));
        }

        overflowing.AddRange(other.Overflowing.Select(theirs => Joined(this, theirs)));

        int shift = Count;
        foreach (SequenceRange range in other.SequenceRanges)
        {
            SetSequence(range.Sequence, shift + range.Start, shift + range.End);
        }

        Ids.AddRange(other.Ids);
        Tokens.AddRange(other.Tokens);
        Offsets.AddRange(other.Offsets);
        TypeIds.AddRange(other.TypeIds);
        WordIds.AddRange(other.WordIds);
        SpecialTokensMask.AddRange(other.SpecialTokensMask);
        AttentionMask.AddRange(other.AttentionMask);
        Overflowing = overflowing;
    }

    public static EncodingData Join(IEnumerable<EncodingData> parts)
    {
        var result = new EncodingData();
        foreach (EncodingData part in parts)
        {
            result.Append(part);
        }

        return result;
    }

    private static EncodingData Joined(EncodingData first, EncodingData second)
    {
        EncodingData joined = first.Clone();
        joined.Append(second.Clone());
        return joined;
    }
}
