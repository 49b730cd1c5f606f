namespace LlmPlatform.Tokenization.Text;

/// <summary>
/// A text as code points, each with the code points <c>[start, end)</c> of the original text it comes from. Steps rewrite
/// it: they put every code point of the new text with the index of the old one whose origin it takes over.
/// Without <paramref name="tracksOrigins"/> (ids only) no origins are kept.
/// </summary>
internal sealed class AlignedText(bool tracksOrigins)
{
    private int[] _codePoints = new int[64];
    private TokenOffset[] _origins = tracksOrigins ? new TokenOffset[64] : [];
    private int[] _nextCodePoints = new int[64];
    private TokenOffset[] _nextOrigins = tracksOrigins ? new TokenOffset[64] : [];
    private int _nextCount;

    public bool TracksOrigins { get; } = tracksOrigins;

    public int Count { get; private set; }

    /// <summary>Where the text begins in the original; what stands before its first code point comes from here.</summary>
    public int OriginStart { get; private set; }

    /// <summary>The code points; a step that keeps their number may change them in place.</summary>
    public Span<int> CodePoints => _codePoints.AsSpan(0, Count);

    public TokenOffset Origin(int index) => TracksOrigins ? _origins[index] : default;

    public void Clear() => Count = 0;

    /// <summary>Takes code points as they stand in the original, the first of them at <paramref name="originStart"/>.</summary>
    public void Load(ReadOnlySpan<int> codePoints, int originStart)
    {
        Count = codePoints.Length;
        OriginStart = originStart;
        Grow(ref _codePoints, Count);
        codePoints.CopyTo(_codePoints);
        if (TracksOrigins)
        {
            Grow(ref _origins, Count);
            for (int i = 0; i < Count; i++)
            {
                _origins[i] = new TokenOffset(originStart + i, originStart + i + 1);
            }
        }
    }

    public void Append(AlignedText other)
    {
        int count = Count + other.Count;
        Grow(ref _codePoints, count);
        other.CodePoints.CopyTo(_codePoints.AsSpan(Count));
        if (TracksOrigins)
        {
            Grow(ref _origins, count);
            other._origins.AsSpan(0, other.Count).CopyTo(_origins.AsSpan(Count));
        }

        Count = count;
    }

    public void BeginRewrite() => _nextCount = 0;

    /// <summary>How many code points the rewritten text has so far.</summary>
    public int RewrittenCount => _nextCount;

    /// <summary>
    /// Adds a code point to the rewritten text; <paramref name="source"/> is the index of the code point whose origin it
    /// takes over, negative: it comes from before the text's beginning.
    /// </summary>
    public void Put(int codePoint, int source)
    {
        if (_nextCount == _nextCodePoints.Length)
        {
            Grow(ref _nextCodePoints, _nextCount + 1);
        }

        _nextCodePoints[_nextCount] = codePoint;
        if (TracksOrigins)
        {
            if (_nextCount >= _nextOrigins.Length)
            {
                Grow(ref _nextOrigins, _nextCount + 1);
            }

            _nextOrigins[_nextCount] = source < 0
                ? new TokenOffset(OriginStart, OriginStart)
                : _origins[Math.Min(source, Count - 1)];
        }

        _nextCount++;
    }

    /// <summary>Adds the code points <c>[start, end)</c> unchanged.</summary>
    public void Keep(int start, int end)
    {
        int count = end - start;
        Grow(ref _nextCodePoints, _nextCount + count);
        _codePoints.AsSpan(start, count).CopyTo(_nextCodePoints.AsSpan(_nextCount));
        if (TracksOrigins)
        {
            Grow(ref _nextOrigins, _nextCount + count);
            _origins.AsSpan(start, count).CopyTo(_nextOrigins.AsSpan(_nextCount));
        }

        _nextCount += count;
    }

    public void EndRewrite()
    {
        (_codePoints, _nextCodePoints) = (_nextCodePoints, _codePoints);
        (_origins, _nextOrigins) = (_nextOrigins, _origins);
        Count = _nextCount;
    }

    /// <summary>Keeps the code points that a predicate accepts.</summary>
    public void Filter(Predicate<int> keep)
    {
        int kept = 0;
        for (int i = 0; i < Count; i++)
        {
            if (keep(_codePoints[i]))
            {
                _codePoints[kept] = _codePoints[i];
                if (TracksOrigins)
                {
                    _origins[kept] = _origins[i];
                }

                kept++;
            }
        }

        Count = kept;
    }

    /// <summary>Puts code points before the text; they share the origin of its first one. An empty text stays empty.</summary>
    public void Prepend(ReadOnlySpan<int> codePoints)
    {
        if (Count == 0)
        {
            return;
        }

        BeginRewrite();
        foreach (int codePoint in codePoints)
        {
            Put(codePoint, 0);
        }

        Keep(0, Count);
        EndRewrite();
    }

    private static void Grow<T>(ref T[] array, int count)
    {
        if (array.Length < count)
        {
            Array.Resize(ref array, Math.Max(count, array.Length * 2));
        }
    }
}
