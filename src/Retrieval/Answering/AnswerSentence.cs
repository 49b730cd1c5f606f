namespace LlmPlatform.Retrieval.Answering;

/// <summary>A sentence that a chat model wrote, checked against the passages that it cites.</summary>
/// <param name="Text">The sentence with its markers.</param>
/// <param name="Start">Its first UTF-16 code unit in the answer.</param>
/// <param name="End">Behind its last one.</param>
/// <param name="Citations">For each passage that bears it out, the sentence of the passage that does so best.</param>
/// <param name="UnknownCitations">Numbers that it cites and that no passage has.</param>
public sealed record AnswerSentence(string Text, int Start, int End, IReadOnlyList<Quote> Citations, IReadOnlyList<int> UnknownCitations)
{
    /// <summary>Whether a passage that it cites bears it out.</summary>
    public bool Supported => Citations.Count > 0;
}
