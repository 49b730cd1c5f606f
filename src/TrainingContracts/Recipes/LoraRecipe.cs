using System.Collections.Immutable;

namespace LlmPlatform.TrainingContracts.Recipes;

/// <summary>A low-rank adapter (https://arxiv.org/abs/2106.09685) in PEFT's names.</summary>
public sealed record LoraRecipe
{
    /// <summary>The rank.</summary>
    public int R { get; init; } = 8;

    /// <summary>The scale of the update is this over <see cref="R"/>, or over its root for <see cref="UseRslora"/>.</summary>
    public double LoraAlpha { get; init; } = 8;

    /// <summary>Dropout before the adapter.</summary>
    public double LoraDropout { get; init; }

    /// <summary>Module names as PEFT matches them, or the single name <c>all-linear</c>.</summary>
    public ImmutableArray<string> TargetModules { get; init; } = ["all-linear"];

    /// <summary>https://arxiv.org/abs/2312.03732.</summary>
    public bool UseRslora { get; init; }
}
