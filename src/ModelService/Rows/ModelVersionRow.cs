using LlmPlatform.Contracts.Models.V1;

namespace LlmPlatform.ModelService.Rows;

/// <summary>A version of a model.</summary>
internal sealed class ModelVersionRow
{
    public long Sequence { get; set; }

    public required string Tenant { get; set; }

    public required string Name { get; set; }

    /// <summary>Content hash over <see cref="Files"/>.</summary>
    public required string Version { get; set; }

    public required string ModelType { get; set; }

    public ModelTask Task { get; set; }

    public long Size { get; set; }

    public bool HasTokenizer { get; set; }

    public bool HasChatTemplate { get; set; }

    public int MaxPositionEmbeddings { get; set; }

    public DateTime CreatedAt { get; set; }

    /// <summary>Unique per tenant; null when the caller gave none.</summary>
    public string? RequestId { get; set; }

    /// <summary>adapter_config.json's peft_type; empty for a full model.</summary>
    public string PeftType { get; set; } = "";

    /// <summary>Of an adapter: bytes of its base's files.</summary>
    public long BaseSize { get; set; }

    /// <summary>The version it was trained from. While the row of an adapter is there, that one stays.</summary>
    public string? BaseTenant { get; set; }

    public string? BaseName { get; set; }

    public string? BaseVersion { get; set; }

    /// <summary><c>name@version</c> of the adapter that was worked into the base; empty for none.</summary>
    public string MergedFrom { get; set; } = "";

    public required string Source { get; set; }

    public required string DataHash { get; set; }

    public required string RecipeHash { get; set; }

    public required string JobId { get; set; }

    /// <summary>A JSON object of numbers.</summary>
    public required string Metrics { get; set; }

    public List<ModelFileRow> Files { get; set; } = [];
}
