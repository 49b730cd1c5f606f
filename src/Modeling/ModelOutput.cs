namespace LlmPlatform.Modeling;

/// <summary>What a body gives.</summary>
/// <param name="LastHiddenState">[batch, sequence, hidden]; of a decoder after its final norm.</param>
/// <param name="PoolerOutput">[batch, hidden] of a body with a pooler; else null.</param>
/// <param name="HiddenStates">
/// After the embeddings, then after each layer, the last as <paramref name="LastHiddenState"/>; empty where not asked for.
/// </param>
/// <param name="Attentions">[batch, heads, query, key] of each layer; empty where not asked for.</param>
public sealed record ModelOutput(
    Tensor LastHiddenState,
    Tensor? PoolerOutput,
    IReadOnlyList<Tensor> HiddenStates,
    IReadOnlyList<Tensor> Attentions);
