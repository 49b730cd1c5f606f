using System.Collections.Immutable;
using LlmPlatform.Hub.Configuration;

namespace LlmPlatform.Hub.Architectures;

/// <summary>How a model turns positions into rotations (transformers: <c>modeling_rope_utils.py</c>).</summary>
public sealed record RopeParameters
{
    /// <summary>default, linear, dynamic, llama3, yarn or longrope.</summary>
    public required RopeType RopeType { get; init; }

    /// <summary>The base of the angles.</summary>
    public required double RopeTheta { get; init; }

    /// <summary>How much longer than the original the context is; 1 where it does not matter.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>The share of each head that is rotated.</summary>
    public double PartialRotaryFactor { get; init; } = 1;

    /// <summary>The context length the model was first trained with; null where the file does not say.</summary>
    public int? OriginalMaxPositionEmbeddings { get; init; }

    /// <summary>yarn, longrope: what cos and sin are multiplied by; null means the formula.</summary>
    public double? AttentionFactor { get; init; }

    /// <summary>yarn: the rotations above which nothing is interpolated.</summary>
    public double BetaFast { get; init; } = 32;

    /// <summary>yarn: the rotations below which all is interpolated.</summary>
    public double BetaSlow { get; init; } = 1;

    /// <summary>yarn: weight of the attention scale; null where the file does not say.</summary>
    public double? MScale { get; init; }

    /// <summary>yarn: divisor of the attention scale; null where the file does not say.</summary>
    public double? MScaleAllDim { get; init; }

    /// <summary>yarn: whether the corrected dimensions are rounded outwards.</summary>
    public bool Truncate { get; init; } = true;

    /// <summary>llama3: wavelengths above original length / this are interpolated.</summary>
    public double LowFreqFactor { get; init; } = 1;

    /// <summary>llama3: wavelengths below original length / this are kept.</summary>
    public double HighFreqFactor { get; init; } = 4;

    /// <summary>longrope: divisors of the angles up to the original length, one for each pair.</summary>
    public ImmutableArray<double> ShortFactor { get; init; } = [];

    /// <summary>longrope: divisors of the angles beyond the original length, one for each pair.</summary>
    public ImmutableArray<double> LongFactor { get; init; } = [];

    /// <summary>
    /// Reads either spelling: <c>rope_parameters</c>, or <c>rope_theta</c> beside <c>rope_scaling</c> (with <c>type</c> or
    /// <c>rope_type</c>).
    /// </summary>
    /// <param name="config">config.json.</param>
    /// <param name="defaultTheta">The base where the file has none.</param>
    /// <exception cref="InvalidModelFileException">An unknown type, or a value that the type needs is missing or wrong.</exception>
    public static RopeParameters From(ModelConfig config, double defaultTheta = 10000)
    {
        ModelConfig? section = config.FindSection("rope_parameters") ?? config.FindSection("rope_scaling");
        double theta = section?.FindDouble("rope_theta") ?? config.FindDouble("rope_theta", defaultTheta)!.Value;
        double partial = section?.FindDouble("partial_rotary_factor") ?? config.FindDouble("partial_rotary_factor", 1)!.Value;
        if (theta <= 0)
        {
            throw (section?.Has("rope_theta") == true ? section : config).Invalid("rope_theta", "a positive number");
        }

        if (partial is <= 0 or > 1)
        {
            throw (section?.Has("partial_rotary_factor") == true ? section : config).Invalid("partial_rotary_factor", "a number above 0, at most 1");
        }

        RopeParameters plain = new() { RopeType = RopeType.Default, RopeTheta = theta, PartialRotaryFactor = partial };
        return section is null ? plain : WithScaling(plain, config, section);
    }

    private static RopeParameters WithScaling(RopeParameters plain, ModelConfig config, ModelConfig section)
    {
        string key = section.Has("rope_type") ? "rope_type" : "type";
        RopeType type = section.FindString(key, "default") switch
        {
            "default" or "mrope" => RopeType.Default,
            "linear" => RopeType.Linear,
            "dynamic" => RopeType.Dynamic,
            "llama3" => RopeType.Llama3,
            "yarn" => RopeType.Yarn,
            "longrope" or "su" => RopeType.LongRope,
            _ => throw section.Invalid(key, "default, linear, dynamic, llama3, yarn or longrope"),
        };
        int? original = section.FindInt32("original_max_position_embeddings", min: 1)
            ?? config.FindInt32("original_max_position_embeddings", min: 1);
        if (type == RopeType.Llama3 && original is null)
        {
            throw section.Invalid("original_max_position_embeddings", "a whole number of at least 1 for llama3");
        }

        double factor = type is RopeType.Linear or RopeType.Dynamic or RopeType.Llama3
            ? section.GetDouble("factor")
            : section.FindDouble("factor") ?? LengthRatio(config, original);
        if (factor < 1 && type != RopeType.Default)
        {
            throw section.Invalid("factor", "a number of at least 1");
        }

        RopeParameters scaled = plain with
        {
            RopeType = type,
            Factor = factor,
            OriginalMaxPositionEmbeddings = original,
            AttentionFactor = section.FindDouble("attention_factor"),
            BetaFast = section.FindDouble("beta_fast", 32)!.Value,
            BetaSlow = section.FindDouble("beta_slow", 1)!.Value,
            MScale = section.FindDouble("mscale"),
            MScaleAllDim = section.FindDouble("mscale_all_dim"),
            Truncate = section.GetBoolean("truncate", true),
            LowFreqFactor = type == RopeType.Llama3 ? section.GetDouble("low_freq_factor") : 1,
            HighFreqFactor = type == RopeType.Llama3 ? section.GetDouble("high_freq_factor") : 4,
            ShortFactor = section.FindDoubles("short_factor"),
            LongFactor = section.FindDoubles("long_factor"),
        };
        if (type == RopeType.Llama3 && scaled.HighFreqFactor <= scaled.LowFreqFactor)
        {
            throw section.Invalid("high_freq_factor", "a number above low_freq_factor");
        }

        if (type == RopeType.LongRope && (scaled.ShortFactor.IsEmpty || scaled.LongFactor.Length != scaled.ShortFactor.Length))
        {
            throw section.Invalid("long_factor", "arrays short_factor and long_factor of the same length");
        }

        return scaled;
    }

    private static double LengthRatio(ModelConfig config, int? original) =>
        original is int length ? config.FindDouble("max_position_embeddings", length)!.Value / length : 1;
}
