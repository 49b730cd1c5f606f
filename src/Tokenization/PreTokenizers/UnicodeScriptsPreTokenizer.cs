using LlmPlatform.Tokenization.Text;
using LlmPlatform.Tokenization.Unicode;

namespace LlmPlatform.Tokenization.PreTokenizers;

/// <summary>
/// Splits where the script changes. Japanese kana count as Han; spaces and unassigned characters belong to any script,
/// and those at the beginning are lost.
/// </summary>
internal sealed class UnicodeScriptsPreTokenizer : IPreTokenizer
{
    private const int ProlongedSoundMark = 0x30FC;
    public bool NeedsOrigins => false;

    public void PreTokenize(PreTokenizedText text) => text.DivideEach(Divide);

    private static void Divide(ReadOnlySpan<int> piece, List<PatternMatch> pieces)
    {
        int last = Scripts.None;
        int start = -1;
        for (int i = 0; i < piece.Length; i++)
        {
            int script = piece[i] == ' ' ? Scripts.None : ScriptOf(piece[i]);
            if (script != Scripts.None && script != last)
            {
                if (start >= 0)
                {
                    pieces.Add(new PatternMatch(start, i, false));
                }

                start = i;
                last = script;
            }
        }

        if (start >= 0)
        {
            pieces.Add(new PatternMatch(start, piece.Length, false));
        }
    }

    private static int ScriptOf(int codePoint)
    {
        int script = Scripts.Of(codePoint);
        return codePoint == ProlongedSoundMark || script == Scripts.Hiragana || script == Scripts.Katakana
            ? Scripts.Han
            : script;
    }
}
