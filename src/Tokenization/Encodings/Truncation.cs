namespace LlmPlatform.Tokenization.Encodings;

/// <summary>Cuts encodings that are too long into windows.</summary>
internal static class Truncation
{
    /// <summary>Cuts one or two members of an input so that together they have at most <c>MaxLength</c> tokens.</summary>
    public static void Apply(List<EncodingData> encodings, TruncationOptions options)
    {
        if (options.MaxLength == 0)
        {
            for (int i = 0; i < encodings.Count; i++)
            {
                encodings[i] = Cut(encodings[i], 0, options);
            }

            return;
        }

        int total = encodings.Sum(encoding => encoding.Count);
        int excess = total - options.MaxLength;
        if (excess <= 0)
        {
            return;
        }

        if (options.Strategy != TruncationStrategy.LongestFirst)
        {
            CutOne(encodings, excess, options);
        }
        else if (encodings.Count == 1)
        {
            encodings[0] = Cut(encodings[0], options.MaxLength, options);
        }
        else
        {
            (int first, int second) = ShareOfPair(encodings[0].Count, encodings[1].Count, options.MaxLength);
            encodings[0] = Cut(encodings[0], first, options);
            encodings[1] = Cut(encodings[1], second, options);
        }
    }

    private static void CutOne(List<EncodingData> encodings, int excess, TruncationOptions options)
    {
        int target = options.Strategy == TruncationStrategy.OnlyFirst ? 0 : 1;
        if (target >= encodings.Count)
        {
            throw new TokenizationException("Truncation of only the second member needs an input that is a pair.");
        }

        int length = encodings[target].Count - excess;
        if (length <= 0)
        {
            throw new TokenizationException(
                $"Truncation: {excess} tokens are to be removed, but the member to cut has only {encodings[target].Count}.");
        }

        encodings[target] = Cut(encodings[target], length, options);
    }

    // The longer member loses tokens until both are alike; then both get half.
    private static (int First, int Second) ShareOfPair(int first, int second, int maxLength)
    {
        int shorter = Math.Min(first, second);
        int longer = shorter > maxLength ? shorter : Math.Max(shorter, maxLength - shorter);
        if (shorter + longer > maxLength)
        {
            shorter = maxLength / 2;
            longer = shorter + (maxLength % 2);
        }

        return first > second ? (longer, shorter) : (shorter, longer);
    }

    private static EncodingData Cut(EncodingData encoding, int length, TruncationOptions options)
    {
        if (length >= encoding.Count)
        {
            return encoding;
        }

        if (length == 0)
        {
            return new EncodingData { Overflowing = [encoding] };
        }

        if (options.Stride >= length)
        {
            throw new TokenizationException(
                $"Truncation: the stride {options.Stride} must be less than the {length} tokens that are left for the text.");
        }

        EncodingData? result = null;
        foreach ((int start, int end) in Windows(encoding.Count, length, options))
        {
            EncodingData window = encoding.Slice(start, end);
            if (result is null)
            {
                result = window;
            }
            else
            {
                result.Overflowing.Add(window);
            }
        }

        return result!;
    }

    private static IEnumerable<(int Start, int End)> Windows(int count, int length, TruncationOptions options)
    {
        int step = length - options.Stride;
        if (options.Direction == TokenSide.Right)
        {
            for (int start = 0; start < count; start += step)
            {
                int end = Math.Min(start + length, count);
                yield return (start, end);
                if (end == count)
                {
                    yield break;
                }
            }
        }
        else
        {
            for (int end = count; end > 0; end -= step)
            {
                int start = Math.Max(end - length, 0);
                yield return (start, end);
                if (start == 0)
                {
                    yield break;
                }
            }
        }
    }
}
