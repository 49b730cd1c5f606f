namespace LlmPlatform.Retrieval.Chunking;

/// <summary>A piece of a document that is found and cited as one.</summary>
public sealed record DocumentChunk
{
    /// <summary>Its place among the document's chunks, from 0.</summary>
    public required int Number { get; init; }

    /// <summary>Its first UTF-16 code unit in the document's text.</summary>
    public required int Start { get; init; }

    /// <summary>Behind its last one.</summary>
    public required int End { get; init; }

    /// <summary>Exactly the document's text from <see cref="Start"/> to <see cref="End"/>.</summary>
    public required string Text { get; init; }

    /// <summary>
    /// What stands above it and helps to find it, but is not part of it: the headings' path, a long table's header row.
    /// Terms and vectors are made of <see cref="IndexText"/>.
    /// </summary>
    public string Context { get; init; } = "";

    /// <summary>The headings above it.</summary>
    public IReadOnlyList<string> Headings { get; init; } = [];

    /// <summary>The page or slide that it begins on.</summary>
    public int? Page { get; init; }

    /// <summary>The sheet that it is of.</summary>
    public string? Sheet { get; init; }

    /// <summary>Tokens of <see cref="IndexText"/>.</summary>
    public required int Tokens { get; init; }

    /// <summary>The context, a line end, the text.</summary>
    public string IndexText => Context.Length == 0 ? Text : $"{Context}\n{Text}";
}
