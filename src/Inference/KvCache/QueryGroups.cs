using LlmPlatform.Inference.Kernels;

namespace LlmPlatform.Inference.KvCache;

/// <summary>A step's tokens in groups of at most <see cref="KvLayout.GroupQueries"/> that follow one another in their sequence.</summary>
internal sealed class QueryGroups
{
    private readonly List<(int First, int Count)> _groups = [];
    private KvSequence? _sequence;
    private int _next;

    public int Count => _groups.Count;

    /// <summary>The first token of a group and how many they are.</summary>
    public (int First, int Count) this[int index] => _groups[index];

    public void Clear()
    {
        _groups.Clear();
        _sequence = null;
    }

    /// <summary>The next token of the step.</summary>
    public void Add(int token, KvSequence sequence, int position)
    {
        if (ReferenceEquals(sequence, _sequence) && position == _next && _groups[^1].Count < KvLayout.GroupQueries)
        {
            _groups[^1] = (_groups[^1].First, _groups[^1].Count + 1);
        }
        else
        {
            _groups.Add((token, 1));
        }

        (_sequence, _next) = (sequence, position + 1);
    }
}
