using System.Runtime.InteropServices;

namespace LlmPlatform.Tokenization.Trainers;

/// <summary>
/// All places where a piece can begin, sorted by what follows, as far as the longest piece and the end of the word reach
/// (three-way radix quicksort, Bentley and Sedgewick 1997). From it come the pieces that occur more than once and are
/// followed by different characters: the inner nodes of the suffix tree.
/// </summary>
internal sealed class SuffixArray
{
    private const int SmallRange = 12;
    private const int Ended = -1;

    private readonly WordText _text;
    private readonly int _depth;
    private readonly int[] _starts;

    /// <param name="text">The words.</param>
    /// <param name="maxLength">The longest piece asked for.</param>
    /// <param name="threads">How many threads sort.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public SuffixArray(WordText text, int maxLength, int threads, CancellationToken cancellationToken)
    {
        _text = text;
        _depth = maxLength + 1;
        (_starts, List<(int Start, int End)> buckets) = SortByFirst(text);
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        Parallel.ForEach(buckets, options, bucket => Sort(bucket.Start, bucket.End));
    }

    /// <summary>A piece, how often it occurs in the words, and its place in the order of all pieces.</summary>
    [StructLayout(LayoutKind.Auto)]
    public readonly record struct Repeated(Piece Piece, int Count, int Rank);

    /// <summary>The repeated pieces of at least two characters.</summary>
    public IEnumerable<Repeated> RepeatedPieces()
    {
        var open = new Stack<(int Length, int Left)>();
        for (int i = 1; i <= _starts.Length; i++)
        {
            int common = i < _starts.Length ? CommonLength(_starts[i - 1], _starts[i]) : 0;
            int left = i - 1;
            (int Length, int Left) top;
            while (open.TryPeek(out top) && top.Length > common)
            {
                open.Pop();
                left = top.Left;
                var piece = new Piece(_starts[left], top.Length);
                if (top.Length > 1 && top.Length < _depth && _text.CodePoints[piece.Start + piece.Length - 1] != WordText.Boundary)
                {
                    yield return new Repeated(piece, i - left, left);
                }
            }

            if (common > top.Length)
            {
                open.Push((common, left));
            }
        }
    }

    private static (int[] Starts, List<(int Start, int End)> Buckets) SortByFirst(WordText text)
    {
        ReadOnlySpan<int> codePoints = text.CodePoints;
        var counts = new Dictionary<int, int>();
        foreach (int codePoint in codePoints)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(counts, codePoint, out _)++;
        }

        counts.Remove(WordText.Boundary);
        var next = new Dictionary<int, int>(counts.Count);
        var buckets = new List<(int, int)>(counts.Count);
        int total = 0;
        foreach ((int codePoint, int count) in counts.OrderBy(entry => entry.Key))
        {
            next[codePoint] = total;
            buckets.Add((total, total + count));
            total += count;
        }

        int[] starts = new int[total];
        for (int i = 0; i < codePoints.Length; i++)
        {
            if (codePoints[i] != WordText.Boundary)
            {
                starts[CollectionsMarshal.GetValueRefOrAddDefault(next, codePoints[i], out _)++] = i;
            }
        }

        return (starts, buckets);
    }

    // The character at a distance; the boundary is the last one of its word.
    private int At(int start, int distance) =>
        distance > 0 && _text.CodePoints[start + distance - 1] == WordText.Boundary ? Ended : _text.CodePoints[start + distance];

    private int CommonLength(int left, int right)
    {
        int length = 0;
        while (length < _depth && At(left, length) is int character && character != Ended && character == At(right, length))
        {
            length++;
        }

        return length;
    }

    private void Sort(int bucketStart, int bucketEnd)
    {
        var open = new Stack<(int Start, int End, int Distance)>();
        open.Push((bucketStart, bucketEnd, 1));
        while (open.TryPop(out (int Start, int End, int Distance) range))
        {
            (int start, int end, int distance) = range;
            if (end - start < 2 || distance == _depth)
            {
                continue;
            }

            if (end - start <= SmallRange)
            {
                SortSmall(start, end, distance);
                continue;
            }

            int pivot = Pivot(start, end, distance);
            (int less, int greater, int i) = (start, end, start);
            while (i < greater)
            {
                int character = At(_starts[i], distance);
                if (character < pivot)
                {
                    (_starts[less], _starts[i]) = (_starts[i], _starts[less]);
                    less++;
                    i++;
                }
                else if (character > pivot)
                {
                    greater--;
                    (_starts[greater], _starts[i]) = (_starts[i], _starts[greater]);
                }
                else
                {
                    i++;
                }
            }

            open.Push((start, less, distance));
            open.Push((greater, end, distance));
            if (pivot != Ended)
            {
                open.Push((less, greater, distance + 1));
            }
        }
    }

    private int Pivot(int start, int end, int distance)
    {
        int first = At(_starts[start], distance);
        int middle = At(_starts[start + ((end - start) / 2)], distance);
        int last = At(_starts[end - 1], distance);
        return Math.Max(Math.Min(first, middle), Math.Min(Math.Max(first, middle), last));
    }

    private void SortSmall(int start, int end, int distance)
    {
        for (int i = start + 1; i < end; i++)
        {
            int moved = _starts[i];
            int place = i;
            while (place > start && IsGreater(_starts[place - 1], moved, distance))
            {
                _starts[place] = _starts[place - 1];
                place--;
            }

            _starts[place] = moved;
        }
    }

    private bool IsGreater(int left, int right, int distance)
    {
        for (; distance < _depth; distance++)
        {
            int character = At(left, distance);
            int other = At(right, distance);
            if (character != other || character == Ended)
            {
                return character > other;
            }
        }

        return false;
    }
}
