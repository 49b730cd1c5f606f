using System.Text;

namespace LlmPlatform.Inference.Sampling;

/// <summary>
/// Looks for stop strings in text that comes piece by piece. Text that could be the beginning of one is held back until
/// it is decided. Comparison is ordinal.
/// </summary>
internal sealed class StopMatcher(IReadOnlyList<string> stops)
{
    private readonly StringBuilder _held = new();

    /// <summary>Whether a stop string was found; nothing comes after it.</summary>
    public bool Stopped { get; private set; }

    /// <summary>Takes the next piece and returns what may be shown: never a stop string nor a part of one.</summary>
    public string Push(string piece)
    {
        if (Stopped)
        {
            return "";
        }

        if (stops.Count == 0)
        {
            return piece;
        }

        string text = _held.Append(piece).ToString();
        _held.Clear();
        int first = First(text);
        if (first >= 0)
        {
            Stopped = true;
            return text[..first];
        }

        int keep = stops.Max(stop => BeginningAtEnd(text, stop));
        _held.Append(text, text.Length - keep, keep);
        return text[..^keep];
    }

    /// <summary>The text has ended: what was held back is no stop string after all.</summary>
    public string Flush()
    {
        string text = _held.ToString();
        _held.Clear();
        return text;
    }

    private int First(string text)
    {
        int first = -1;
        foreach (string stop in stops)
        {
            int found = text.IndexOf(stop, StringComparison.Ordinal);
            if (found >= 0 && (first < 0 || found < first))
            {
                first = found;
            }
        }

        return first;
    }

    // The longest end of the text that begins the stop string.
    private static int BeginningAtEnd(string text, string stop)
    {
        for (int length = Math.Min(text.Length, stop.Length - 1); length > 0; length--)
        {
            if (text.AsSpan(text.Length - length).SequenceEqual(stop.AsSpan(0, length)))
            {
                return length;
            }
        }

        return 0;
    }
}
