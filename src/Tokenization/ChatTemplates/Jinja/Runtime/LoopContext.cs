using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;

/// <summary>
/// The variable <c>loop</c>. Items are fetched one at a time, and ahead only when the template asks for what is to come.
/// </summary>
internal sealed class LoopContext : ITyped, IHasAttributes, ICallable
{
    private readonly object? _source;
    private readonly Func<object?, int, object?>? _recurse;
    private readonly int _depth0;
    private IEnumerator<object?> _items;
    private int _index0 = -1;
    private bool _hasNext;
    private object? _next;
    private object? _current;
    private object? _previous;
    private int? _length;
    private IReadOnlyList<object?>? _lastChanged;

    /// <param name="source">The value that is looped over, or an iterator over what a filter leaves of it.</param>
    /// <param name="recurse">Renders the loop for other items, one level deeper; null unless it is recursive.</param>
    /// <param name="depth0">The level of a recursive loop, from 0.</param>
    internal LoopContext(object? source, Func<object?, int, object?>? recurse, int depth0)
    {
        _source = source;
        _recurse = recurse;
        _depth0 = depth0;
        _items = Iteration.Of(source).GetEnumerator();
    }

    public string TypeName => "LoopContext";

    internal int Length
    {
        get
        {
            if (_length is null && _source is not IteratorValue && Truth.TryLength(_source, out int length))
            {
                _length = length;
            }

            return _length ??= CountAhead();
        }
    }

    /// <summary>What a template gets that iterates over <c>loop</c> itself: pairs of item and loop.</summary>
    internal IEnumerable<object?> Remaining
    {
        get
        {
            while (MoveNext(out object? item))
            {
                yield return new TupleValue(item, this);
            }
        }
    }

    internal bool MoveNext(out object? item)
    {
        if (!Peek())
        {
            item = null;
            return false;
        }

        item = _next;
        _hasNext = false;
        _index0++;
        _previous = _current;
        _current = item;
        return true;
    }

    public object? Call(Interpreter interpreter, Arguments arguments)
    {
        if (_recurse is null)
        {
            throw ChatTemplateException.Type(
                "The loop must have the 'recursive' marker enabled to be called recursively.");
        }

        return arguments is { Positional.Count: 1, Keywords.Count: 0 }
            ? _recurse(arguments.Positional[0], _depth0 + 1)
            : throw ChatTemplateException.Type("loop() takes exactly one argument");
    }

    public bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "index" => _index0 + 1L,
            "index0" => (long)_index0,
            "revindex" => (long)Length - _index0,
            "revindex0" => (long)Length - _index0 - 1,
            "first" => _index0 == 0,
            "last" => !Peek(),
            "length" => (long)Length,
            "depth" => _depth0 + 1L,
            "depth0" => (long)_depth0,
            "previtem" => _index0 == 0 ? new Undefined("there is no previous item") : _previous,
            "nextitem" => Peek() ? _next : new Undefined("there is no next item"),
            "cycle" => new FunctionValue("cycle", (_, arguments) => Cycle(arguments.Positional)),
            "changed" => new FunctionValue("changed", (_, arguments) => Changed(arguments.Positional)),
            _ => Signature.NotGiven,
        };
        return value != Signature.NotGiven;
    }

    public override string ToString() => $"<LoopContext {_index0 + 1}/{Length}>";

    private bool Peek()
    {
        if (!_hasNext && _items.MoveNext())
        {
            _hasNext = true;
            _next = _items.Current;
        }

        return _hasNext;
    }

    private int CountAhead()
    {
        List<object?> ahead = [];
        while (_items.MoveNext())
        {
            RenderBudget.ItemCount(ahead.Count + 1L);
            ahead.Add(_items.Current);
        }

        _items = ahead.GetEnumerator();
        return ahead.Count + _index0 + 1 + (_hasNext ? 1 : 0);
    }

    private object? Cycle(IReadOnlyList<object?> values) => values.Count == 0
        ? throw ChatTemplateException.Type("no items for cycling given")
        : values[_index0 % values.Count];

    private object? Changed(IReadOnlyList<object?> values)
    {
        bool same = _lastChanged is not null
            && _lastChanged.Count == values.Count
            && _lastChanged.Zip(values).All(pair => Equality.AreEqual(pair.First, pair.Second));
        _lastChanged = values;
        return !same;
    }
}
