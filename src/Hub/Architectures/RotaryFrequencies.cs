namespace LlmPlatform.Hub.Architectures;

/// <summary>
/// The angles of rotary position embeddings (Su et al. 2021) and their stretchings for longer contexts: linear
/// (Chen et al. 2023), dynamic NTK, YaRN (Peng et al. 2023), LongRoPE (Ding et al. 2024), Llama 3's by wavelength.
/// Frequencies are rounded to float32 where the reference rounds them.
/// </summary>
public sealed class RotaryFrequencies
{
    private readonly RopeParameters _rope;
    private readonly int _dimensions;
    private readonly int _maxPositions;
    private readonly int _original;
    private readonly float[] _frequencies;
    private readonly float[] _longFrequencies = [];

    /// <summary>Works out what does not depend on the length of a call.</summary>
    /// <param name="rope">The type and its settings.</param>
    /// <param name="headDim">Width of a head.</param>
    /// <param name="maxPositions"><c>max_position_embeddings</c>.</param>
    /// <exception cref="NotSupportedException">A long or short factor has not one number for each pair.</exception>
    public RotaryFrequencies(RopeParameters rope, int headDim, int maxPositions)
    {
        ArgumentNullException.ThrowIfNull(rope);
        _rope = rope;
        _dimensions = (int)(headDim * rope.PartialRotaryFactor) / 2 * 2;
        _maxPositions = maxPositions;
        _original = rope.OriginalMaxPositionEmbeddings ?? maxPositions;
        (_frequencies, Scaling) = rope.RopeType switch
        {
            RopeType.Default => (Frequencies(rope.RopeTheta), 1),
            RopeType.Linear => ([.. Frequencies(rope.RopeTheta).Select(frequency => frequency / (float)rope.Factor)], 1),
            RopeType.Dynamic => (DynamicFrequencies(maxPositions), 1),
            RopeType.Llama3 => (Llama3Frequencies(), 1),
            RopeType.Yarn => (YarnFrequencies(), YarnScaling()),
            RopeType.LongRope => (Divided(rope.ShortFactor, "short_factor"), LongScaling()),
            _ => throw new ArgumentOutOfRangeException(nameof(rope), rope.RopeType, "not a rope type"),
        };
        if (rope.RopeType == RopeType.LongRope)
        {
            _longFrequencies = Divided(rope.LongFactor, "long_factor");
        }
    }

    /// <summary>What cosines and sines are multiplied with.</summary>
    public float Scaling { get; }

    /// <summary>Pairs that are rotated: half of the rotated dimensions.</summary>
    public int Pairs => _frequencies.Length;

    /// <summary>Radians a position for each pair, in a call whose longest position is <paramref name="length"/> - 1.</summary>
    public ReadOnlySpan<float> For(int length) => _rope.RopeType switch
    {
        RopeType.Dynamic when length > _maxPositions => DynamicFrequencies(length),
        RopeType.LongRope when length > _original => _longFrequencies,
        _ => _frequencies,
    };

    // theta^(2i / dimensions)
    private float[] Powers(double theta)
    {
        float[] powers = new float[_dimensions / 2];
        for (int i = 0; i < powers.Length; i++)
        {
            powers[i] = (float)Math.Pow(theta, 2f * i / _dimensions);
        }

        return powers;
    }

    private float[] Frequencies(double theta) => [.. Powers(theta).Select(power => 1 / power)];

    private float[] DynamicFrequencies(int length)
    {
        double factor = _rope.Factor;
        double stretch = (factor * Math.Max(length, _maxPositions) / _maxPositions) - (factor - 1);
        return Frequencies(_rope.RopeTheta * Math.Pow(stretch, _dimensions / (_dimensions - 2.0)));
    }

    private float[] Divided(IReadOnlyList<double> factors, string key)
    {
        float[] powers = Powers(_rope.RopeTheta);
        return factors.Count == powers.Length
            ? [.. powers.Select((power, i) => 1 / ((float)factors[i] * power))]
            : throw new NotSupportedException($"rope_type 'longrope' needs {powers.Length} numbers in {key}, not {factors.Count}");
    }

    private float LongScaling() => (float)(_rope.AttentionFactor
        ?? (_rope.Factor <= 1 ? 1 : Math.Sqrt(1 + (Math.Log(_rope.Factor) / Math.Log(_original)))));

    // Long wavelengths are stretched, short ones kept, those between mixed.
    private float[] Llama3Frequencies()
    {
        double factor = _rope.Factor, low = _rope.LowFreqFactor, high = _rope.HighFreqFactor;
        return [.. Frequencies(_rope.RopeTheta).Select(frequency =>
        {
            double wavelength = 2 * Math.PI / frequency;
            if (wavelength > _original / low)
            {
                return (float)(frequency / factor);
            }

            double smooth = wavelength < _original / high ? 1 : ((_original / wavelength) - low) / (high - low);
            return (float)(((1 - smooth) * frequency / factor) + (smooth * frequency));
        })];
    }

    private float[] YarnFrequencies()
    {
        double factor = _rope.Factor;
        double low = CorrectionDimension(_rope.BetaFast);
        double high = CorrectionDimension(_rope.BetaSlow);
        if (_rope.Truncate)
        {
            (low, high) = (Math.Floor(low), Math.Ceiling(high));
        }

        low = Math.Max(low, 0);
        high = Math.Min(high, _dimensions - 1);
        double width = high == low ? 0.001 : high - low;
        return [.. Powers(_rope.RopeTheta).Select((power, i) =>
        {
            double stretched = Math.Clamp((i - low) / width, 0, 1);
            return (float)((stretched / (factor * power)) + ((1 - stretched) / power));
        })];
    }

    // The dimension that turns so many times within the original context.
    private double CorrectionDimension(double rotations) =>
        _dimensions * Math.Log(_original / (rotations * 2 * Math.PI)) / (2 * Math.Log(_rope.RopeTheta));

    private float YarnScaling()
    {
        double factor = _rope.Factor;
        double Magnitude(double mscale) => factor <= 1 ? 1 : (0.1 * mscale * Math.Log(factor)) + 1;
        return (float)(_rope.AttentionFactor
            ?? (_rope.MScale is > 0 and double mscale && _rope.MScaleAllDim is > 0 and double all
                ? Magnitude(mscale) / Magnitude(all)
                : Magnitude(1)));
    }
}
