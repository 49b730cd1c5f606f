using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Hub.Adapters;

/// <summary>A module that an adapter changes, and the tensors that do it.</summary>
public sealed record LoraModule
{
    /// <summary>The module's name in the base, for example <c>model.layers.0.self_attn.q_proj</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Rows of the base's weight: outputs of a linear layer, ids of an embedding.</summary>
    public required int Rows { get; init; }

    /// <summary>Columns of the base's weight: inputs of a linear layer, width of an embedding.</summary>
    public required int Columns { get; init; }

    /// <summary>Rank of the change.</summary>
    public required int Rank { get; init; }

    /// <summary>What the product of the matrices is multiplied with.</summary>
    public required float Scale { get; init; }

    /// <summary>Whether it is the embedding, whose matrices are stored transposed.</summary>
    public required bool IsEmbedding { get; init; }

    /// <summary>[rank, columns]; for the embedding [rank, rows].</summary>
    public required TensorInfo A { get; init; }

    /// <summary>[rows, rank]; for the embedding [columns, rank].</summary>
    public required TensorInfo B { get; init; }

    /// <summary>[rows]; null without <c>lora_bias</c>.</summary>
    public TensorInfo? Bias { get; init; }

    /// <summary>[rows]; null without <c>use_dora</c>.</summary>
    public TensorInfo? Magnitude { get; init; }

    /// <summary>[rows, columns]: takes the place of the base's weight. PEFT stores embedding and output matrix so.</summary>
    public TensorInfo? BaseWeight { get; init; }
}
