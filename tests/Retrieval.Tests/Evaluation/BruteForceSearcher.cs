using System.Runtime.InteropServices;
using LlmPlatform.Retrieval.Keywords;

namespace LlmPlatform.Retrieval.Tests.Evaluation;

/// <summary>Scores every document that shares a term with the question, with nothing clever: the reference.</summary>
internal sealed class BruteForceSearcher
{
    private readonly Dictionary<string, Dictionary<int, int>> _postings = [];
    private readonly Func<string, IEnumerable<string>> _analyze;
    private readonly int[] _lengths;
    private readonly Bm25 _bm25;

    public BruteForceSearcher(IReadOnlyList<string> documents, Func<string, IEnumerable<string>> analyze, Bm25 bm25)
    {
        _analyze = analyze;
        _bm25 = bm25;
        _lengths = new int[documents.Count];
        for (int i = 0; i < documents.Count; i++)
        {
            foreach (string term in analyze(documents[i]))
            {
                _lengths[i]++;
                CollectionsMarshal.GetValueRefOrAddDefault(_postings, term, out _) ??= [];
                CollectionsMarshal.GetValueRefOrAddDefault(_postings[term], i, out _)++;
            }
        }

        AverageLength = _lengths.Average();
    }

    public long TotalTerms => _lengths.Sum(length => (long)length);

    public double AverageLength { get; }

    public int Vocabulary => _postings.Count;

    /// <summary>The terms of a text, by an analyser of the product.</summary>
    public static Func<string, IEnumerable<string>> Terms(ITextAnalyzer analyzer) => text =>
    {
        List<string> terms = [];
        analyzer.Analyze(text, term => terms.Add(term.ToString()));
        return terms;
    };

    /// <summary>
    /// Documents with a score above 0, best first, equal ones in their order. As in the reference, BM25+ and BM25L count
    /// something for terms that a document lacks.
    /// </summary>
    public IReadOnlyList<(int Document, double Score)> Search(string query, int limit = 100)
    {
        double[] scores = new double[_lengths.Length];
        double everywhere = 0;
        foreach (string term in _analyze(query))
        {
            if (_postings.TryGetValue(term, out Dictionary<int, int>? postings))
            {
                double idf = _bm25.Idf(_lengths.Length, postings.Count);
                double without = idf * _bm25.Weight(0, 1, AverageLength);
                everywhere += without;
                foreach ((int document, int frequency) in postings)
                {
                    scores[document] += (idf * _bm25.Weight(frequency, _lengths[document], AverageLength)) - without;
                }
            }
        }

        return
        [
            .. scores.Select((score, document) => (Document: document, Score: score + everywhere))
                .Where(hit => hit.Score > 0).OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Document).Take(limit),
        ];
    }

    /// <summary>The means of all queries' values, by the names of results.json.</summary>
    public Dictionary<string, double> Evaluate(IReadOnlyList<CorpusQuery> queries) =>
        RankingMeans.Of(queries, query => Search(query.Text).Select(hit => hit.Document));
}
