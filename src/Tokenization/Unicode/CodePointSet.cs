namespace LlmPlatform.Tokenization.Unicode;

/// <summary>A set of code points, kept as sorted ranges that do not touch.</summary>
internal sealed class CodePointSet
{
    public const int Last = 0x10FFFF;

    // Where membership changes: in from [0], out from [1], in from [2] ...
    private readonly int[] _bounds;

    private CodePointSet(int[] bounds) => _bounds = bounds;

    public static CodePointSet Empty { get; } = new([]);

    public static CodePointSet All { get; } = new([0, Last + 1]);

    public bool IsEmpty => _bounds.Length == 0;

    /// <summary>Where membership changes, from not being a member on; ends are exclusive.</summary>
    public ReadOnlySpan<int> Bounds => _bounds;

    public IEnumerable<(int First, int Last)> Ranges
    {
        get
        {
            for (int i = 0; i < _bounds.Length; i += 2)
            {
                yield return (_bounds[i], _bounds[i + 1] - 1);
            }
        }
    }

    public static CodePointSet Of(int codePoint) => Range(codePoint, codePoint);

    public static CodePointSet Range(int first, int last) => new([first, last + 1]);

    public static CodePointSet Of(IEnumerable<(int First, int Last)> ranges)
    {
        var bounds = new List<int>();
        foreach ((int first, int last) in ranges.OrderBy(range => range.First))
        {
            if (bounds.Count > 0 && first <= bounds[^1])
            {
                bounds[^1] = Math.Max(bounds[^1], last + 1);
            }
            else
            {
                bounds.Add(first);
                bounds.Add(last + 1);
            }
        }

        return new CodePointSet([.. bounds]);
    }

    /// <summary>Reads ranges as hexadecimal text: <c>41-5A 5F</c>.</summary>
    public static CodePointSet Parse(string ranges) => Of(ranges.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(range =>
    {
        string[] ends = range.Split('-');
        int first = Convert.ToInt32(ends[0], 16);
        return (first, ends.Length == 1 ? first : Convert.ToInt32(ends[1], 16));
    }));

    public bool Contains(int codePoint)
    {
        int index = Array.BinarySearch(_bounds, codePoint);
        return index >= 0 ? (index & 1) == 0 : (~index & 1) == 1;
    }

    public CodePointSet Union(CodePointSet other) => Of(Ranges.Concat(other.Ranges));

    public CodePointSet Intersect(CodePointSet other) => Complement().Union(other.Complement()).Complement();

    public CodePointSet Complement()
    {
        if (IsEmpty)
        {
            return All;
        }

        IEnumerable<int> bounds = _bounds;
        bounds = _bounds[0] == 0 ? bounds.Skip(1) : bounds.Prepend(0);
        return new CodePointSet([.. _bounds[^1] == Last + 1 ? bounds.SkipLast(1) : bounds.Append(Last + 1)]);
    }
}
