using LlmPlatform.Hub.SentenceTransformers;

namespace LlmPlatform.Modeling.Heads;

/// <summary>Makes one vector of the vectors of a text's tokens.</summary>
internal static class Pooling
{
    /// <summary>[batch, sequence, hidden] and a mask [batch, sequence] to [batch, modes * hidden].</summary>
    public static Tensor Pool(IReadOnlyList<PoolingMode> modes, Tensor hidden, Tensor? mask)
    {
        Tensor tokens = mask is null
            ? ones([hidden.shape[0], hidden.shape[1], 1], dtype: hidden.dtype, device: hidden.device)
            : (mask != 0).unsqueeze(-1).to(hidden.dtype);
        return cat([.. modes.Select(mode => Pool(mode, hidden, tokens))], -1);
    }

    // tokens: [batch, sequence, 1], 1 or 0.
    private static Tensor Pool(PoolingMode mode, Tensor hidden, Tensor tokens)
    {
        switch (mode)
        {
            case PoolingMode.Cls:
                return At(hidden, tokens.squeeze(-1).argmax(1));
            case PoolingMode.LastToken:
                return At(hidden, (tokens.squeeze(-1) * Places(tokens)).argmax(1));
            case PoolingMode.Max:
                return hidden.masked_fill(tokens.eq(0), double.NegativeInfinity).amax([1]);
            case PoolingMode.Mean:
                return (hidden * tokens).sum(1) / tokens.sum(1).clamp_min(1e-9);
            case PoolingMode.MeanSqrtLen:
                return (hidden * tokens).sum(1) / tokens.sum(1).clamp_min(1e-9).sqrt();
            case PoolingMode.WeightedMean:
                // 1, 2, 3 ... by place, whatever the mask.
                Tensor weights = tokens * Places(tokens).unsqueeze(-1);
                return (hidden * weights).sum(1) / weights.sum(1).clamp_min(1e-9);
            default:
                throw new ArgumentOutOfRangeException(nameof(mode), mode, "not a pooling mode");
        }
    }

    private static Tensor Places(Tensor tokens) => arange(1, tokens.shape[1] + 1, dtype: tokens.dtype, device: tokens.device);

    private static Tensor At(Tensor hidden, Tensor places) =>
        hidden.gather(1, places.view(-1, 1, 1).expand(-1, 1, hidden.shape[2])).squeeze(1);
}
