using LlmPlatform.Retrieval.Keywords;

namespace LlmPlatform.Retrieval.Tests.Index;

/// <summary>Runs of letters and digits, in lower case.</summary>
internal sealed class WordAnalyzer(string name = "words") : ITextAnalyzer
{
    public string Name => name;

    public void Analyze(ReadOnlySpan<char> text, TermAction term)
    {
        Span<char> lower = new char[text.Length];
        text.ToLowerInvariant(lower);
        int start = -1;
        for (int i = 0; i <= lower.Length; i++)
        {
            bool inWord = i < lower.Length && char.IsLetterOrDigit(lower[i]);
            if (inWord && start < 0)
            {
                start = i;
            }
            else if (!inWord && start >= 0)
            {
                term(lower[start..i]);
                start = -1;
            }
        }
    }
}
