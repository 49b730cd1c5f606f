using System.Collections;

namespace LlmPlatform.Training.Data;

/// <summary>Examples as read from files, with what reading them came to.</summary>
/// <typeparam name="T">What a row becomes.</typeparam>
public sealed class ExampleList<T> : IReadOnlyList<T>
{
    private readonly List<T> _examples;

    internal ExampleList(List<T> examples, RowCounts counts)
    {
        _examples = examples;
        RowsRead = counts.Rows;
        RowsDropped = counts.Dropped;
    }

    /// <summary>Rows of the files.</summary>
    public long RowsRead { get; }

    /// <summary>Rows that gave no example: nothing was left of them to learn from.</summary>
    public long RowsDropped { get; }

    /// <inheritdoc/>
    public int Count => _examples.Count;

    /// <inheritdoc/>
    public T this[int index] => _examples[index];

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => _examples.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
