using System.Numerics;

namespace LlmPlatform.Tokenization.Text;

/// <summary>
/// A tree of texts, an edge per code point. Nodes are numbers, the root is 0; edges lie in one open hash table, so that a
/// step costs about one cache line.
/// </summary>
internal sealed class CodePointTrie
{
    public const int Root = 0;
    private const int None = -1;

    // An edge is (node << 21 | code point) + 1; 0 marks a free place.
    private ulong[] _edges = new ulong[64];
    private int[] _targets = new int[64];
    private int[] _values = [None];
    private int _shift = 64 - 6;
    private int _nodes = 1;

    public bool IsEmpty => _nodes == 1;

    /// <summary>Adds a text; of two values for the same text the later one stays. The empty text is the root.</summary>
    public void Add(ReadOnlySpan<int> text, int value)
    {
        int node = Root;
        foreach (int codePoint in text)
        {
            if (!TryStep(ref node, codePoint))
            {
                node = AddNode(node, codePoint);
            }
        }

        _values[node] = value;
    }

    /// <summary>Follows an edge; without one the node stays as it is.</summary>
    public bool TryStep(ref int node, int codePoint)
    {
        ulong edge = Edge(node, codePoint);
        for (int i = Slot(edge); _edges[i] != 0; i = (i + 1) & (_edges.Length - 1))
        {
            if (_edges[i] == edge)
            {
                node = _targets[i];
                return true;
            }
        }

        return false;
    }

    /// <summary>The value of a node, or a negative number where no text ends.</summary>
    public int Value(int node) => _values[node];

    /// <summary>The longest text that begins at <paramref name="start"/>, following the edges from <paramref name="node"/>.</summary>
    public bool TryMatchLongest(ReadOnlySpan<int> text, int start, int node, out int value, out int end)
    {
        (value, end) = (None, start);
        for (int i = start; i < text.Length && TryStep(ref node, text[i]); i++)
        {
            if (_values[node] >= 0)
            {
                (value, end) = (_values[node], i + 1);
            }
        }

        return value >= 0;
    }

    private static ulong Edge(int node, int codePoint) => (((ulong)(uint)node << 21) | (uint)codePoint) + 1;

    private int Slot(ulong edge) => (int)((edge * 0x9E3779B97F4A7C15UL) >> _shift);

    private int AddNode(int parent, int codePoint)
    {
        if (_nodes * 2 > _edges.Length)
        {
            Grow();
        }

        if (_nodes == _values.Length)
        {
            Array.Resize(ref _values, _nodes * 2);
        }

        int node = _nodes++;
        _values[node] = None;
        Insert(Edge(parent, codePoint), node);
        return node;
    }

    private void Insert(ulong edge, int target)
    {
        int i = Slot(edge);
        while (_edges[i] != 0)
        {
            i = (i + 1) & (_edges.Length - 1);
        }

        _edges[i] = edge;
        _targets[i] = target;
    }

    private void Grow()
    {
        (ulong[] edges, int[] targets) = (_edges, _targets);
        _edges = new ulong[edges.Length * 2];
        _targets = new int[edges.Length * 2];
        _shift = 64 - BitOperations.Log2((uint)_edges.Length);
        for (int i = 0; i < edges.Length; i++)
        {
            if (edges[i] != 0)
            {
                Insert(edges[i], targets[i]);
            }
        }
    }
}
