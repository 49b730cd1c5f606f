namespace LlmPlatform.Retrieval.Chunking;

/// <summary>
/// Guesses tokens where no encoder is at hand, rather too many than too few: four Latin letters of a word are one, every
/// other character (Hangul, Chinese, digits, signs) is one, white space none.
/// </summary>
public sealed class EstimatedTokenCounter : ITokenCounter
{
    private const int LettersPerToken = 4;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<int>> CountAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(texts);
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult<IReadOnlyList<int>>([.. texts.Select(text => Count(text))]);
    }

    /// <summary>The guess for one text.</summary>
    public static int Count(ReadOnlySpan<char> text)
    {
        int tokens = 0;
        int letters = 0;
        foreach (char c in text)
        {
            if (char.IsLetter(c) && c < '\u0250')
            {
                tokens += letters++ % LettersPerToken == 0 ? 1 : 0;
            }
            else
            {
                letters = 0;
                tokens += char.IsWhiteSpace(c) ? 0 : 1;
            }
        }

        return tokens;
    }
}
