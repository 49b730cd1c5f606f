using LlmPlatform.Hub.Architectures;

namespace LlmPlatform.Inference.Positions;

/// <summary>The cosines and sines of rotary position embeddings (Su et al. 2021), by <see cref="RotaryFrequencies"/>.</summary>
/// <remarks>
/// Dynamic and longrope frequencies depend on the longest position of a call, its <em>length</em>. Keys in the cache keep
/// the angles that they were given. So that chunks and company change nothing, a prompt counts as one call however it is
/// cut, and each token after it as a call of its own.
/// </remarks>
/// <param name="rope">The type and its settings.</param>
/// <param name="headDim">Width of a head.</param>
/// <param name="maxPositions"><c>max_position_embeddings</c>.</param>
/// <exception cref="NotSupportedException">A long or short factor has not one number for each pair.</exception>
internal sealed class RotaryEmbedding(RopeParameters rope, int headDim, int maxPositions)
{
    private readonly RotaryFrequencies _frequencies = new(rope, headDim, maxPositions);

    /// <summary>What cosines and sines are multiplied with.</summary>
    public float Scaling => _frequencies.Scaling;

    /// <summary>Pairs that are rotated: half of the rotated dimensions.</summary>
    public int Pairs => _frequencies.Pairs;

    /// <summary>Radians a position for each pair, in a call of so many positions.</summary>
    public ReadOnlySpan<float> FrequenciesFor(int length) => _frequencies.For(length);

    /// <summary>Cosines and sines of one position, [pairs] each, times <see cref="Scaling"/>.</summary>
    public void Fill(ReadOnlySpan<float> frequencies, int position, Span<float> cos, Span<float> sin)
    {
        for (int i = 0; i < frequencies.Length; i++)
        {
            double angle = position * frequencies[i];
            cos[i] = (float)Math.Cos(angle) * Scaling;
            sin[i] = (float)Math.Sin(angle) * Scaling;
        }
    }
}
