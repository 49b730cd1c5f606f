namespace LlmPlatform.Platform.Tests.Retrieval;

/// <summary>Means over questions with one relevant document each.</summary>
internal sealed class Ranking
{
    private readonly Lock _lock = new();
    private double _gain;
    private int _within5;

    public int Count { get; private set; }

    /// <summary>nDCG@10.</summary>
    public double Ndcg10 => _gain / Count;

    /// <summary>Recall@5, which with one relevant document is hit@5.</summary>
    public double Recall5 => (double)_within5 / Count;

    /// <summary>Takes the documents found for a question, each once, best first.</summary>
    public void Add(IReadOnlyList<string> found, string relevant)
    {
        int place = found.ToList().IndexOf(relevant);
        lock (_lock)
        {
            Count++;
            _within5 += place is >= 0 and < 5 ? 1 : 0;
            _gain += place is >= 0 and < 10 ? 1 / Math.Log2(place + 2) : 0;
        }
    }
}
