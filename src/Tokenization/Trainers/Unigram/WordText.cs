using System.Runtime.InteropServices;
using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Trainers;

/// <summary>A stretch of <see cref="WordText.CodePoints"/>.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Piece(int Start, int Length);

/// <summary>The different words one after the other as code points, each followed by a boundary.</summary>
internal sealed class WordText
{
    /// <summary>Stands after every word.</summary>
    public const int Boundary = 0;

    public WordText(WordCounts words)
    {
        long total = words.Words.Sum(word => (long)word.Length + 1);
        if (total > Array.MaxLength)
        {
            throw new TokenizationException($"The different words have {total} characters in all; at most {Array.MaxLength} can be trained on.");
        }

        var codePoints = new List<int>((int)total);
        Words = new Piece[words.Words.Length];
        Counts = words.Counts;
        for (int i = 0; i < Words.Length; i++)
        {
            int start = codePoints.Count;
            Text.CodePoints.Decode(words.Words[i], codePoints);
            Words[i] = new Piece(start, codePoints.Count - start);
            codePoints.Add(Boundary);
        }

        _codePoints = [.. codePoints];
    }

    private readonly int[] _codePoints;

    public ReadOnlySpan<int> CodePoints => _codePoints;

    public Piece[] Words { get; }

    /// <summary>How often each word occurs.</summary>
    public long[] Counts { get; }

    public ReadOnlySpan<int> Of(Piece piece) => _codePoints.AsSpan(piece.Start, piece.Length);
}
