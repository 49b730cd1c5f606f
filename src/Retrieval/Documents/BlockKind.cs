namespace LlmPlatform.Retrieval.Documents;

/// <summary>What a piece of a document is.</summary>
public enum BlockKind
{
    /// <summary>A heading.</summary>
    Heading,

    /// <summary>Running text.</summary>
    Paragraph,

    /// <summary>An item of a list.</summary>
    Item,

    /// <summary>A quotation.</summary>
    Quote,

    /// <summary>Rows of cells.</summary>
    Table,

    /// <summary>Source code, or text whose line breaks count.</summary>
    Code,
}
