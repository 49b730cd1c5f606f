namespace LlmPlatform.Retrieval.Answering;

/// <summary>An answer in the documents' own words.</summary>
/// <param name="Quotes">At most two sentences, in the order to be read; empty when the documents hold no answer.</param>
/// <param name="Confidence">How sure it is that the documents hold an answer, 0 to 1.</param>
public sealed record ExtractedAnswer(IReadOnlyList<Quote> Quotes, double Confidence)
{
    /// <summary>Whether there is an answer.</summary>
    public bool Found => Quotes.Count > 0;
}
