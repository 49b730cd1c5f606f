using System.Text;

namespace LlmPlatform.Tokenization.Unicode;

/// <summary>Lower case of single characters.</summary>
internal static class CaseMapping
{
    /// <summary>İ, the only character whose lower case is two characters: i and <see cref="DotAbove"/>.</summary>
    public const int CapitalIWithDot = 0x130;

    /// <summary>The combining dot above.</summary>
    public const int DotAbove = 0x307;

    // .NET gives it no upper case, so that ASCII and the rest stay apart.
    private const int LongS = 0x17F;

    public static int ToLower(int codePoint)
    {
        if (codePoint < 0x80)
        {
            return codePoint is >= 'A' and <= 'Z' ? codePoint | 0x20 : codePoint;
        }

        return codePoint switch
        {
            CapitalIWithDot => 'i',

            // Unicode 17.0, which .NET does not have yet.
            0xA7CE or 0xA7D2 or 0xA7D4 => codePoint + 1,
            >= 0x16EA0 and <= 0x16EB8 => codePoint + 0x1B,
            _ => Rune.ToLowerInvariant(new Rune(codePoint)).Value,
        };
    }

    /// <summary>One character for all that differ only in case.</summary>
    public static int Fold(int codePoint)
    {
        if (codePoint == LongS)
        {
            return 's';
        }

        return Rune.IsValid(codePoint) ? ToLower(Rune.ToUpperInvariant(new Rune(codePoint)).Value) : codePoint;
    }
}
