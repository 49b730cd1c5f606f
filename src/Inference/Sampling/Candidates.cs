using System.Numerics.Tensors;

namespace LlmPlatform.Inference.Sampling;

/// <summary>
/// The tokens that may be drawn, with their probabilities, after temperature, top-k and top-p as transformers applies
/// them. Reusable buffers for one vocabulary; not for several threads.
/// </summary>
internal sealed class Candidates
{
    private readonly int[] _ids;
    private readonly float[] _scores;
    private readonly float[] _probabilities;
    private readonly int[] _order;
    private int _count;

    public Candidates(int vocabularySize)
    {
        _ids = new int[vocabularySize];
        _scores = new float[vocabularySize];
        _probabilities = new float[vocabularySize];
        _order = new int[vocabularySize];
    }

    /// <summary>The tokens that are left, ascending.</summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, _count);

    /// <summary>Their logits divided by the temperature.</summary>
    public ReadOnlySpan<float> Scores => _scores.AsSpan(0, _count);

    /// <summary>Their probabilities; the sum is 1 but for rounding.</summary>
    public ReadOnlySpan<float> Probabilities => _probabilities.AsSpan(0, _count);

    /// <summary>Fills from logits [vocabulary]; the temperature is above 0.</summary>
    /// <exception cref="InvalidOperationException">The logits are no numbers.</exception>
    public void Fill(ReadOnlySpan<float> logits, SamplingOptions options, int minTokensToKeep = 1)
    {
        _count = logits.Length;
        if (options.Temperature == 1)
        {
            logits.CopyTo(_scores);
        }
        else
        {
            TensorPrimitives.Divide(logits, options.Temperature, _scores);
        }

        for (int i = 0; i < _count; i++)
        {
            _ids[i] = i;
        }

        if (options.TopK > 0)
        {
            KeepTopK(Math.Min(Math.Max(options.TopK, minTokensToKeep), _count));
        }

        Normalize();
        if (options.TopP < 1)
        {
            KeepTopP(options.TopP, minTokensToKeep);
            Normalize();
        }
    }

    /// <summary>The token whose share of [0, 1) holds <paramref name="uniform"/>; shares lie in the order of ids.</summary>
    public int Draw(double uniform)
    {
        double sum = 0;
        foreach (float probability in Probabilities)
        {
            sum += probability;
        }

        double target = uniform * sum;
        int last = 0;
        double reached = 0;
        for (int i = 0; i < _count; i++)
        {
            if (_probabilities[i] > 0)
            {
                last = i;
                reached += _probabilities[i];
                if (target < reached)
                {
                    break;
                }
            }
        }

        return _ids[last];
    }

    private void Normalize()
    {
        Span<float> probabilities = _probabilities.AsSpan(0, _count);
        float largest = TensorPrimitives.Max(Scores);
        if (!float.IsFinite(largest))
        {
            throw new InvalidOperationException("the model's logits are not finite numbers");
        }

        TensorPrimitives.Subtract(Scores, largest, probabilities);
        TensorPrimitives.Exp(probabilities, probabilities);
        TensorPrimitives.Divide(probabilities, TensorPrimitives.Sum<float>(probabilities), probabilities);
    }

    // Everything strictly below the k-th largest goes: equal ones stay.
    private void KeepTopK(int k)
    {
        if (k >= _count)
        {
            return;
        }

        PriorityQueue<int, float> largest = new(k);
        for (int i = 0; i < k; i++)
        {
            largest.Enqueue(i, _scores[i]);
        }

        largest.TryPeek(out _, out float smallest);
        for (int i = k; i < _count; i++)
        {
            if (_scores[i] > smallest)
            {
                largest.EnqueueDequeue(i, _scores[i]);
                largest.TryPeek(out _, out smallest);
            }
        }

        int kept = 0;
        for (int i = 0; i < _count; i++)
        {
            if (_scores[i] >= smallest)
            {
                (_ids[kept], _scores[kept]) = (_ids[i], _scores[i]);
                kept++;
            }
        }

        _count = kept;
    }

    // A token stays while those before it, from the most likely on, have not reached top-p. The reference sorts
    // ascending and stably, so of equally likely tokens those with higher ids stay first.
    private void KeepTopP(float topP, int minTokensToKeep)
    {
        int listed = Listed(topP, minTokensToKeep);
        Span<int> order = _order.AsSpan(0, listed);
        order.Sort((a, b) => _probabilities[b].CompareTo(_probabilities[a]) is var difference && difference != 0 ? difference : b - a);
        int kept = 0;
        double before = 0;
        while (kept < listed && (kept < minTokensToKeep || before < topP))
        {
            before += _probabilities[order[kept++]];
        }

        order = order[..kept];
        order.Sort();
        for (int i = 0; i < kept; i++)
        {
            (_ids[i], _scores[i]) = (_ids[order[i]], _scores[order[i]]);
        }

        _count = kept;
    }

    // Sorting a whole vocabulary is slow and nearly all of it is never wanted: lists only what lies above a threshold,
    // lowered until the sum is reached.
    private int Listed(float topP, int minTokensToKeep)
    {
        float threshold = TensorPrimitives.Max(Probabilities);
        while (true)
        {
            threshold = threshold > 1e-12f ? threshold / 64 : -1;
            int listed = 0;
            double mass = 0;
            for (int i = 0; i < _count; i++)
            {
                if (_probabilities[i] >= threshold)
                {
                    _order[listed++] = i;
                    mass += _probabilities[i];
                }
            }

            if (threshold < 0 || (mass >= topP && listed >= minTokensToKeep))
            {
                return listed;
            }
        }
    }
}
