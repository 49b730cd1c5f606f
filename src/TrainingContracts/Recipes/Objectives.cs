using System.Collections.Immutable;

namespace LlmPlatform.TrainingContracts.Recipes;

/// <summary>What can be trained for.</summary>
public static class Objectives
{
    /// <summary>The next token of a text.</summary>
    public const string CausalLm = "causal_lm";

    /// <summary>Masked tokens of a text.</summary>
    public const string MaskedLm = "masked_lm";

    /// <summary>Supervised fine-tuning.</summary>
    public const string Sft = "sft";

    /// <summary>Direct preference optimisation (https://arxiv.org/abs/2305.18290).</summary>
    public const string Dpo = "dpo";

    /// <summary>Sentence pairs against the other rows of the batch.</summary>
    public const string Contrastive = "contrastive";

    /// <summary>A teacher's embeddings, by their cosine.</summary>
    public const string CosineDistillation = "cosine_distillation";

    /// <summary>All of them.</summary>
    public static readonly ImmutableArray<string> All = [CausalLm, MaskedLm, Sft, Dpo, Contrastive, CosineDistillation];

    /// <summary>The peak learning rate where a recipe names none: TRL's and transformers', ten times as much for an adapter.</summary>
    public static double DefaultLearningRate(string objective, bool lora)
    {
        double full = objective switch
        {
            Dpo => 1e-6,
            Sft => 2e-5,
            _ => 5e-5,
        };
        return lora ? full * 10 : full;
    }
}
