using System.Runtime.InteropServices;

namespace LlmPlatform.Tokenization.Text;

/// <summary>A stretch <c>[Start, End)</c> of the normalized text: a pre-token, or an added token when it has an id.</summary>
/// <param name="Start">The first code point.</param>
/// <param name="End">One past the last code point.</param>
/// <param name="OriginStart">Where the stretch began in the original when it was cut.</param>
/// <param name="TokenId">The id of an added token, or -1.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Split(int Start, int End, int OriginStart, int TokenId)
{
    public bool IsToken => TokenId >= 0;
}

/// <summary>The normalized text and its division into pre-tokens, refined by one pre-tokenizer after the other.</summary>
internal sealed class PreTokenizedText(bool tracksOrigins)
{
    private readonly List<PatternMatch> _pieces = [];
    private List<Split> _splits = [];
    private List<Split> _nextSplits = [];

    /// <summary>Says how one split is divided: adds matches that lie within the piece, counted from its beginning.</summary>
    public delegate void Divide(ReadOnlySpan<int> piece, List<PatternMatch> pieces);

    /// <summary>Rewrites one split; the code points are those of the whole text.</summary>
    public delegate void Rewrite(AlignedText text, Split split);

    public AlignedText Text { get; } = new(tracksOrigins);

    public ReadOnlySpan<Split> Splits => CollectionsMarshal.AsSpan(_splits);

    public void Clear()
    {
        Text.Clear();
        _splits.Clear();
    }

    public void AddSplit(int start, int end, int tokenId)
    {
        if (end > start)
        {
            _splits.Add(new Split(start, end, Text.Origin(start).Start, tokenId));
        }
    }

    /// <summary>Divides every split that is no added token; empty pieces vanish.</summary>
    public void DivideEach(Divide divide)
    {
        ReadOnlySpan<int> text = Text.CodePoints;
        _nextSplits.Clear();
        foreach (Split split in _splits)
        {
            if (split.IsToken)
            {
                _nextSplits.Add(split);
                continue;
            }

            _pieces.Clear();
            divide(text[split.Start..split.End], _pieces);
            foreach (PatternMatch piece in _pieces)
            {
                if (piece.End > piece.Start)
                {
                    int start = split.Start + piece.Start;
                    _nextSplits.Add(new Split(start, split.Start + piece.End, Text.Origin(start).Start, -1));
                }
            }
        }

        (_splits, _nextSplits) = (_nextSplits, _splits);
    }

    /// <summary>Rewrites every split that is no added token; a split that becomes empty vanishes.</summary>
    public void RewriteEach(Rewrite rewrite)
    {
        Text.BeginRewrite();
        _nextSplits.Clear();
        foreach (Split split in _splits)
        {
            int start = Text.RewrittenCount;
            if (split.IsToken)
            {
                Text.Keep(split.Start, split.End);
            }
            else
            {
                rewrite(Text, split);
            }

            if (Text.RewrittenCount > start)
            {
                _nextSplits.Add(split with { Start = start, End = Text.RewrittenCount });
            }
        }

        Text.EndRewrite();
        (_splits, _nextSplits) = (_nextSplits, _splits);
    }
}
