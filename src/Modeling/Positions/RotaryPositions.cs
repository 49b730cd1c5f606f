using LlmPlatform.Hub.Architectures;

namespace LlmPlatform.Modeling.Positions;

/// <summary>Rotary position embeddings (Su et al. 2021) in all their stretchings.</summary>
internal sealed class RotaryPositions(LlamaConfig config)
{
    private readonly RotaryFrequencies _frequencies = new(config.RopeParameters, config.HeadDim, config.MaxPositionEmbeddings);

    // Only these depend on the longest position of a call.
    private readonly bool _byLength = config.RopeParameters.RopeType is RopeType.Dynamic or RopeType.LongRope;

    /// <summary>The table for positions int64 [batch or 1, sequence]; angles are worked out in float32.</summary>
    public RotaryTable TableFor(Tensor positions, ScalarType dtype)
    {
        int length = _byLength ? checked((int)positions.max().item<long>() + 1) : 1;
        Tensor frequencies = tensor(_frequencies.For(length).ToArray(), device: positions.device);
        Tensor angles = positions.to(ScalarType.Float32).unsqueeze(1).unsqueeze(-1) * frequencies;
        return new RotaryTable(Scaled(angles.cos()).to(dtype), Scaled(angles.sin()).to(dtype));
    }

    private Tensor Scaled(Tensor values) => _frequencies.Scaling == 1 ? values : values * _frequencies.Scaling;
}
