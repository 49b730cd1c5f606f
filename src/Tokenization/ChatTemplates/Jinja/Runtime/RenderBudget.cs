namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;

/// <summary>
/// What one rendering may use, so that no template keeps the process busy or fills its memory. A rendering runs on
/// one thread from start to end, so the current one is kept by thread.
/// </summary>
internal sealed class RenderBudget
{
    private const long MaxSteps = 10_000_000;
    private const int MaxTextLength = 1 << 24;
    private const int MaxItems = 1_000_000;
    private const int MaxIntegerBits = 1 << 17;

    // Copying text is cheaper than evaluating an expression.
    private const int TextPerStep = 32;

    [ThreadStatic]
    private static RenderBudget? _current;

    private long _stepsLeft = MaxSteps;

    /// <summary>Gives the current thread a new budget until it is disposed.</summary>
    internal static Use Begin() => new();

    /// <summary>Counts steps of work.</summary>
    internal static void Spend(long steps)
    {
        if (_current is { } budget && (budget._stepsLeft -= steps) < 0)
        {
            throw ChatTemplateException.Limit($"the template takes more than {MaxSteps} steps");
        }
    }

    /// <summary>Counts a text that was made or read.</summary>
    internal static string Text(string text)
    {
        Spend(text.Length / TextPerStep);
        return text;
    }

    /// <summary>Checks the length of a text before it is made.</summary>
    internal static void Length(long length)
    {
        if (length > MaxTextLength)
        {
            throw ChatTemplateException.Limit($"a text longer than {MaxTextLength} characters");
        }
    }

    /// <summary>Checks and counts the items of a list before it is made.</summary>
    internal static void Items(long count)
    {
        ItemCount(count);
        Spend(count / TextPerStep);
    }

    /// <summary>Checks the number of items of a list that grows.</summary>
    internal static void ItemCount(long count)
    {
        if (count > MaxItems)
        {
            throw ChatTemplateException.Limit($"a list of more than {MaxItems} items");
        }
    }

    /// <summary>Checks the size of an integer before it is made.</summary>
    internal static void IntegerBits(long bits)
    {
        if (bits > MaxIntegerBits)
        {
            throw ChatTemplateException.Limit($"an integer of more than {MaxIntegerBits} bits");
        }

        Spend(bits / 64);
    }

    internal readonly ref struct Use
    {
        private readonly RenderBudget? _outer;

        public Use()
        {
            _outer = _current;
            _current = new RenderBudget();
        }

        public void Dispose() => _current = _outer;
    }
}
