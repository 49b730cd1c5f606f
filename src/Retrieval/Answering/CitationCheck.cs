using LlmPlatform.Retrieval.Chunking;
using LlmPlatform.Retrieval.Keywords;
using LlmPlatform.Retrieval.Search;

namespace LlmPlatform.Retrieval.Answering;

/// <summary>
/// Tells whether a passage bears out a sentence: most of the sentence's terms are in it, and all of its numbers. That is a
/// check of words: it catches what was made up or ascribed to the wrong passage, not a sentence that turns the passage's
/// meaning round.
/// </summary>
internal sealed class CitationCheck
{
    /// <summary>The share of a sentence's terms that must be in the passage.</summary>
    public const double LeastShare = 0.5;

    private readonly ITextAnalyzer _analyzer;
    private readonly IReadOnlyList<SearchResult> _passages;
    private readonly HashSet<string>[] _terms;
    private readonly HashSet<string> _questionTerms;

    public CitationCheck(ITextAnalyzer analyzer, string question, IReadOnlyList<SearchResult> passages)
    {
        _analyzer = analyzer;
        _passages = passages;
        _terms = [.. passages.Select(passage => TermsOf(passage.Point.IndexText))];
        _questionTerms = TermsOf(question);
    }

    /// <summary>Checks a sentence of an answer.</summary>
    /// <param name="text">The sentence with its markers.</param>
    /// <param name="start">Where it begins in the answer.</param>
    public AnswerSentence Check(string text, int start)
    {
        HashSet<string> terms = TermsOf(CitationMarkers.Remove(text));
        List<Quote> citations = [];
        List<int> unknown = [];
        foreach (int number in CitationMarkers.NumbersOf(text))
        {
            if (number < 1 || number > _passages.Count)
            {
                unknown.Add(number);
            }
            else if (BearsOut(number - 1, terms))
            {
                citations.Add(BestQuote(number - 1, terms));
            }
        }

        return new AnswerSentence(text, start, start + text.Length, citations, unknown);
    }

    private bool BearsOut(int passage, HashSet<string> terms) =>
        terms.Count > 0
        && terms.Count(_terms[passage].Contains) >= LeastShare * terms.Count
        && terms.Where(HasDigit).All(number => _terms[passage].Contains(number) || _questionTerms.Contains(number));

    private Quote BestQuote(int passage, HashSet<string> terms)
    {
        string text = _passages[passage].Point.Text;
        TextSpan best = SentenceSplitter.Split(text)
            .Where(span => span.Length <= ExtractiveAnswerer.MostLength)
            .DefaultIfEmpty(new TextSpan(0, Math.Min(text.Length, ExtractiveAnswerer.MostLength)))
            .MaxBy(span => TermsOf(text[span.Start..span.End]).Count(terms.Contains));
        int start = _passages[passage].Point.Start;
        return new Quote(passage, text[best.Start..best.End], start + best.Start, start + best.End);
    }

    private HashSet<string> TermsOf(string text) => [.. QueryTerms.Of(_analyzer, text)];

    private static bool HasDigit(string term) => term.Any(char.IsDigit);
}
