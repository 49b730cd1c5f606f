using System.Numerics.Tensors;
using System.Security.Cryptography;

namespace LlmPlatform.Inference.Sampling;

/// <summary>Chooses the tokens of one sequence, with a generator of its own: company changes nothing.</summary>
internal sealed class Sampler
{
    private readonly SamplingOptions _options;
    private Xoshiro256 _random;

    public Sampler(SamplingOptions options)
    {
        _options = options;
        _random = new Xoshiro256(options.Seed ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))));
    }

    /// <summary>The next token; one random number is used for each, but for greedy choice.</summary>
    /// <exception cref="InvalidOperationException">The logits are no numbers.</exception>
    public int Next(ReadOnlySpan<float> logits, Candidates candidates)
    {
        if (_options.Temperature == 0)
        {
            int best = TensorPrimitives.IndexOfMax(logits);
            return float.IsFinite(logits[best]) ? best : throw new InvalidOperationException("the model's logits are not finite numbers");
        }

        candidates.Fill(logits, _options);
        return candidates.Draw(_random.NextDouble());
    }

    /// <summary>The natural logarithm of a token's probability, as the model gives it before any option applies.</summary>
    public static float LogProbability(ReadOnlySpan<float> logits, int id)
    {
        float largest = TensorPrimitives.Max(logits);
        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - largest);
        }

        return (float)(logits[id] - largest - Math.Log(sum));
    }
}
