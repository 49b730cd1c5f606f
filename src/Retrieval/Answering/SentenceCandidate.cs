namespace LlmPlatform.Retrieval.Answering;

/// <summary>A sentence that may be the answer.</summary>
/// <param name="Passage">Its passage's place among those given.</param>
/// <param name="Start">Its first code unit in the document's text.</param>
/// <param name="Text">The sentence.</param>
/// <param name="Terms">Those of the question's terms that are in it.</param>
internal sealed record SentenceCandidate(int Passage, int Start, string Text, IReadOnlySet<string> Terms)
{
    /// <summary>Behind its last code unit.</summary>
    public int End => Start + Text.Length;

    /// <summary>The share of the question's weight that its terms are.</summary>
    public double Coverage { get; set; }

    /// <summary>What the better of its neighbours adds to that.</summary>
    public double NeighbourCoverage { get; set; }

    /// <summary>How many standard deviations it is nearer in meaning than the candidates are on average; 0 without vectors.</summary>
    public double Nearness { get; set; }

    /// <summary>What candidates are ranked by.</summary>
    public double Score { get; set; }
}
