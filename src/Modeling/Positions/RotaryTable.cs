namespace LlmPlatform.Modeling.Positions;

/// <summary>Cosines and sines of a call's positions.</summary>
/// <param name="Cos">[batch or 1, 1, sequence, pairs].</param>
/// <param name="Sin">[batch or 1, 1, sequence, pairs].</param>
internal sealed record RotaryTable(Tensor Cos, Tensor Sin)
{
    /// <summary>
    /// Rotates [batch, heads, sequence, width]: value i of the first half of the rotated part with value i of its second
    /// half; what lies behind the rotated part stays.
    /// </summary>
    public Tensor Rotate(Tensor states)
    {
        long pairs = Cos.shape[^1];
        long width = states.shape[^1];
        Tensor first = states.narrow(-1, 0, pairs);
        Tensor second = states.narrow(-1, pairs, pairs);
        List<Tensor> parts = [(first * Cos) - (second * Sin), (second * Cos) + (first * Sin)];
        if (2 * pairs < width)
        {
            parts.Add(states.narrow(-1, 2 * pairs, width - (2 * pairs)));
        }

        return cat(parts, -1);
    }
}
