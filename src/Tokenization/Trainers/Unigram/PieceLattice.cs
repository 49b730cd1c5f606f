using System.Runtime.InteropServices;

namespace LlmPlatform.Tokenization.Trainers;

/// <summary>All ways to cover a word with pieces. One thread uses it, for one word after the other.</summary>
internal sealed class PieceLattice(PieceFinder finder)
{
    // Below this products of probabilities lose digits; logarithms then go on.
    private const double LeastProduct = 1e-250;

    private readonly List<Edge> _edges = [];
    private readonly List<int> _path = [];
    private double[] _forward = new double[64];
    private double[] _backward = new double[64];
    private int[] _best = new int[64];

    /// <summary>A piece in a word.</summary>
    [StructLayout(LayoutKind.Auto)]
    public readonly record struct Edge(int Start, int End, int Id);

    /// <summary>
    /// Adds how often each piece is expected in a word that occurs <paramref name="count"/> times, over all ways to cover
    /// it (forward-backward).
    /// </summary>
    public void AddExpected(ReadOnlySpan<int> word, double count, double[] expected)
    {
        Load(word);
        ReadOnlySpan<Edge> edges = CollectionsMarshal.AsSpan(_edges);
        double[] probabilities = finder.Probabilities;
        Clear(word.Length + 1, 0);
        _forward[0] = 1;
        _backward[word.Length] = 1;
        foreach (Edge edge in edges)
        {
            _forward[edge.End] += _forward[edge.Start] * probabilities[edge.Id];
        }

        double total = _forward[word.Length];
        if (total < LeastProduct)
        {
            AddExpectedByLogarithms(word.Length, count, expected);
            return;
        }

        for (int i = edges.Length - 1; i >= 0; i--)
        {
            _backward[edges[i].Start] += _backward[edges[i].End] * probabilities[edges[i].Id];
        }

        foreach (Edge edge in edges)
        {
            expected[edge.Id] += count * (_forward[edge.Start] * probabilities[edge.Id] * _backward[edge.End] / total);
        }
    }

    /// <summary>The best way to cover a word (Viterbi), as ids from the last piece to the first.</summary>
    public ReadOnlySpan<int> BestPath(ReadOnlySpan<int> word) => BestPath(word, withWhole: true, out _);

    /// <summary>The best way to cover a piece with other pieces; a character has none.</summary>
    public ReadOnlySpan<int> BestOtherPath(ReadOnlySpan<int> word, out double score)
    {
        score = double.NegativeInfinity;
        return word.Length < 2 ? [] : BestPath(word, withWhole: false, out score);
    }

    private ReadOnlySpan<int> BestPath(ReadOnlySpan<int> word, bool withWhole, out double score)
    {
        Load(word);
        ReadOnlySpan<Edge> edges = CollectionsMarshal.AsSpan(_edges);
        Array.Fill(_best, -1, 0, word.Length + 1);
        _forward[0] = 0;
        for (int i = 0; i < edges.Length; i++)
        {
            Edge edge = edges[i];
            if (!withWhole && edge.End - edge.Start == word.Length)
            {
                continue;
            }

            double total = _forward[edge.Start] + finder.Scores[edge.Id];
            if (_best[edge.End] < 0 || total > _forward[edge.End])
            {
                _forward[edge.End] = total;
                _best[edge.End] = i;
            }
        }

        score = _forward[word.Length];
        _path.Clear();
        for (int end = word.Length; end > 0; end = edges[_best[end]].Start)
        {
            _path.Add(edges[_best[end]].Id);
        }

        return CollectionsMarshal.AsSpan(_path);
    }

    private void AddExpectedByLogarithms(int length, double count, double[] expected)
    {
        ReadOnlySpan<Edge> edges = CollectionsMarshal.AsSpan(_edges);
        double[] scores = finder.Scores;
        Clear(length + 1, double.NegativeInfinity);
        _forward[0] = 0;
        _backward[length] = 0;
        foreach (Edge edge in edges)
        {
            _forward[edge.End] = LogSum(_forward[edge.End], _forward[edge.Start] + scores[edge.Id]);
        }

        for (int i = edges.Length - 1; i >= 0; i--)
        {
            Edge edge = edges[i];
            _backward[edge.Start] = LogSum(_backward[edge.Start], _backward[edge.End] + scores[edge.Id]);
        }

        double total = _forward[length];
        foreach (Edge edge in edges)
        {
            expected[edge.Id] += count * Math.Exp(_forward[edge.Start] + scores[edge.Id] + _backward[edge.End] - total);
        }
    }

    private static double LogSum(double x, double y)
    {
        (double less, double greater) = x < y ? (x, y) : (y, x);
        return double.IsNegativeInfinity(less) ? greater : greater + Math.Log(1 + Math.Exp(less - greater));
    }

    private void Load(ReadOnlySpan<int> word)
    {
        finder.Find(word, _edges);
        if (_best.Length <= word.Length)
        {
            int size = Math.Max(word.Length + 1, 2 * _best.Length);
            _forward = new double[size];
            _backward = new double[size];
            _best = new int[size];
        }
    }

    private void Clear(int count, double value)
    {
        Array.Fill(_forward, value, 0, count);
        Array.Fill(_backward, value, 0, count);
    }
}
