namespace LlmPlatform.Retrieval.Keywords;

/// <summary>Makes the terms of a text; texts and queries need the same.</summary>
public interface ITextAnalyzer
{
    /// <summary>A name that changes with the rule: postings made by another one are rebuilt.</summary>
    string Name { get; }

    /// <summary>Calls <paramref name="term"/> for each term, in order, as often as it occurs.</summary>
    void Analyze(ReadOnlySpan<char> text, TermAction term);
}

/// <summary>Receives a term; the span is valid during the call only.</summary>
public delegate void TermAction(ReadOnlySpan<char> term);
