using LlmPlatform.Retrieval.Documents;

namespace LlmPlatform.Retrieval.Chunking;

/// <summary>What chunks are put together from.</summary>
internal enum ChunkUnitKind
{
    /// <summary>A sentence; it may be repeated in the next chunk.</summary>
    Sentence,

    /// <summary>A heading; it stays with what follows.</summary>
    Heading,

    /// <summary>A row of a table.</summary>
    Row,

    /// <summary>A line of code.</summary>
    Line,

    /// <summary>A part of something that is longer than a chunk.</summary>
    Piece,
}

/// <summary>A part of the document that is not cut any further, and the block that it is of.</summary>
internal sealed record ChunkUnit(ChunkUnitKind Kind, int Start, int End, DocumentBlock Block)
{
    /// <summary>Its tokens.</summary>
    public int Tokens { get; init; }

    /// <summary>Whether it announces what follows and so is not the last of a chunk: a heading, "these are:".</summary>
    public bool Leads { get; init; }

    /// <summary>Whether it is a header row.</summary>
    public bool IsHeader { get; init; }
}
