using LlmPlatform.RetrievalService.Models;
using LlmPlatform.ServiceDefaults.Leases;

namespace LlmPlatform.RetrievalService.Rows;

/// <summary>A collection. The lease is of whoever builds its next vectors.</summary>
internal sealed class CollectionRow : ILeasedRow
{
    public long Sequence { get; set; }

    /// <summary><c>vs-</c> and random letters.</summary>
    public required string Id { get; set; }

    public required string Tenant { get; set; }

    public required string Name { get; set; }

    public string Description { get; set; } = "";

    /// <summary>A JSON object of strings.</summary>
    public string Metadata { get; set; } = "{}";

    public DateTime CreatedAt { get; set; }

    /// <summary>Unique per tenant; null when the caller gave none.</summary>
    public string? RequestId { get; set; }

    /// <summary>Searched by words only, even when there is an encoder.</summary>
    public bool KeywordOnly { get; set; }

    public int MaxChunkTokens { get; set; }

    public int ChunkOverlapTokens { get; set; }

    /// <summary>Null: the default, nothing is set or measured.</summary>
    public double? DenseWeight { get; set; }

    /// <summary>Whether the weight was measured, not set.</summary>
    public bool DenseWeightMeasured { get; set; }

    /// <summary>Which index collection is searched: <see cref="IndexNames.Of"/>.</summary>
    public long IndexRevision { get; set; } = 1;

    /// <summary>The highest index revision given to anything so far.</summary>
    public long LastIndexRevision { get; set; } = 1;

    /// <summary>The pinned encoder; null: words only.</summary>
    public string? EmbeddingModel { get; set; }

    public string? EmbeddingVersion { get; set; }

    public int Dimensions { get; set; }

    public int EncoderWindow { get; set; }

    public bool EncoderHasTokenizer { get; set; }

    /// <summary>The encoder whose vectors are being built; null: none.</summary>
    public string? NextModel { get; set; }

    public string? NextVersion { get; set; }

    public int NextDimensions { get; set; }

    public int NextWindow { get; set; }

    public bool NextHasTokenizer { get; set; }

    /// <summary>The index revision being built; 0: none.</summary>
    public long NextIndexRevision { get; set; }

    public long NextDone { get; set; }

    public long NextTotal { get; set; }

    /// <summary>Why the last try to build failed.</summary>
    public string NextError { get; set; } = "";

    /// <summary>Not tried again before.</summary>
    public DateTime? NextNotBefore { get; set; }

    /// <summary>Documents were indexed since the dense weight was measured.</summary>
    public DateTime? IndexedAt { get; set; }

    /// <summary>When the dense weight was measured last.</summary>
    public DateTime? WeighedAt { get; set; }

    public string? LeaseOwner { get; set; }

    public long LeaseEpoch { get; set; }

    public DateTime? LeasedUntil { get; set; }

    /// <summary>The pinned encoder.</summary>
    public Encoder? Encoder => EmbeddingModel is null
        ? null
        : new Encoder(EmbeddingModel, EmbeddingVersion!, Dimensions, EncoderWindow, EncoderHasTokenizer);

    /// <summary>The encoder whose vectors are being built.</summary>
    public Encoder? NextEncoder => NextModel is null
        ? null
        : new Encoder(NextModel, NextVersion!, NextDimensions, NextWindow, NextHasTokenizer);

    /// <summary>The index collection that is searched.</summary>
    public string IndexName => IndexNames.Of(Id, IndexRevision);
}
