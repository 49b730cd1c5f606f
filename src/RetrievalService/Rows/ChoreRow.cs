namespace LlmPlatform.RetrievalService.Rows;

/// <summary>
/// What the index must still be told of a change of rows: written in the transaction that makes the change, removed when
/// all is done, so that neither a crash nor an index that fails leaves anything behind.
/// </summary>
internal sealed class ChoreRow
{
    public long Sequence { get; set; }

    public ChoreKind Kind { get; set; }

    public required string Tenant { get; set; }

    public required string CollectionId { get; set; }

    /// <summary>Empty for chores of a collection.</summary>
    public string DocumentId { get; set; } = "";

    /// <summary>For <see cref="ChoreKind.DropIndex"/>.</summary>
    public long IndexRevision { get; set; }

    public int Attempts { get; set; }

    /// <summary>Not tried again before.</summary>
    public DateTime? NotBefore { get; set; }
}

/// <summary>The kinds of chores.</summary>
internal enum ChoreKind
{
    /// <summary>The document is gone: its points go.</summary>
    RemoveDocument,

    /// <summary>The document has a newer revision: points of others go.</summary>
    RemoveOldRevisions,

    /// <summary>The document has other attributes or groups: its points get them.</summary>
    SetAccess,

    /// <summary>The collection is gone: its index collections go, and the hold on its encoder.</summary>
    RemoveCollection,

    /// <summary>The collection is searched elsewhere: one index collection goes.</summary>
    DropIndex,
}
