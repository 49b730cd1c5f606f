namespace LlmPlatform.Modeling.Attention;

/// <summary>softmax(q k^T / sqrt(width) + mask) v (Vaswani et al. 2017).</summary>
internal static class AttentionCore
{
    /// <summary>Attention of heads.</summary>
    /// <param name="query">[batch, heads, query, width].</param>
    /// <param name="key">[batch, key heads, key, width]; each key head serves as many query heads as there are for each.</param>
    /// <param name="value">As <paramref name="key"/>.</param>
    /// <param name="mask">Which keys are seen.</param>
    /// <param name="withWeights">Also gives the probabilities; the slower way.</param>
    /// <returns>[batch, query, heads * width], and [batch, heads, query, key] where asked for.</returns>
    public static (Tensor Output, Tensor? Weights) Attend(Tensor query, Tensor key, Tensor value, AttentionMask mask, bool withWeights)
    {
        long groups = query.shape[1] / key.shape[1];
        (key, value) = (Repeat(key, groups), Repeat(value, groups));
        Tensor? weights = null;
        Tensor output;
        if (withWeights)
        {
            weights = Weights(query, key, mask);
            output = weights.matmul(value);
        }
        else
        {
            output = nn.functional.scaled_dot_product_attention(query, key, value, mask.Additive, is_casual: mask.Causal);
        }

        return (output.transpose(1, 2).flatten(2), weights);
    }

    private static Tensor Weights(Tensor query, Tensor key, AttentionMask mask)
    {
        Tensor scores = query.matmul(key.transpose(-2, -1)) * (1 / Math.Sqrt(query.shape[^1]));
        if (mask.AsAdditive(query.shape[2], scores.dtype, scores.device) is { } additive)
        {
            scores = scores + additive;
        }

        // At least float32.
        return scores.dtype is ScalarType.Float32 or ScalarType.Float64
            ? scores.softmax(-1)
            : scores.softmax(-1, ScalarType.Float32).to(query.dtype);
    }

    // Head 0 as often as there are queries for it, then head 1 ...
    private static Tensor Repeat(Tensor states, long times)
    {
        if (times == 1)
        {
            return states;
        }

        long[] shape = states.shape;
        return states.unsqueeze(2).expand(shape[0], shape[1], times, shape[2], shape[3]).reshape(shape[0], shape[1] * times, shape[2], shape[3]);
    }
}
