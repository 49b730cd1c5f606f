namespace LlmPlatform.Retrieval.Documents;

/// <summary>
/// What was read from a file: one text, and the blocks that it consists of, in order. Between blocks there are only line
/// ends. Offsets count UTF-16 code units of <see cref="Text"/>, ends are exclusive; citations count in it.
/// </summary>
public sealed record ParsedDocument
{
    /// <summary>What the content is, whatever the name says: one of <see cref="DocumentKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>The whole text, lines ended by \n.</summary>
    public required string Text { get; init; }

    /// <summary>Its blocks, in order, not overlapping.</summary>
    public required IReadOnlyList<DocumentBlock> Blocks { get; init; }

    /// <summary>The title that the document gives itself.</summary>
    public string? Title { get; init; }

    /// <summary>The author that the document names.</summary>
    public string? Author { get; init; }

    /// <summary>The character set that a text file was read with, as IANA names it, in lower case.</summary>
    public string? Charset { get; init; }

    /// <summary>Pages of a PDF, slides of a presentation.</summary>
    public int? PageCount { get; init; }

    /// <summary>What a user should know: bytes that were replaced, parts that were left out.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The text of a block.</summary>
    public ReadOnlySpan<char> TextOf(DocumentBlock block) => Text.AsSpan(block.Start, block.End - block.Start);
}
