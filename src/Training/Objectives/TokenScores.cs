using TorchSharp;

namespace LlmPlatform.Training.Objectives;

/// <summary>What a network says of the counted tokens. All tensors are [counted], at least float32.</summary>
/// <param name="LogProbabilities">Of the targets, with gradient.</param>
/// <param name="Entropies">Of the distributions; null where not asked for, as the others.</param>
/// <param name="Hits">1 where the target has the highest score.</param>
/// <param name="MeanScores">Means of the scores over the vocabulary.</param>
internal sealed record TokenScores(Tensor LogProbabilities, Tensor? Entropies, Tensor? Hits, Tensor? MeanScores)
{
    // Rows of the vocabulary's size that are worked on at a time, so that statistics take little memory.
    private const int Chunk = 64;

    /// <summary>Applies the head to the counted places of <paramref name="hidden"/> [rows, length, hidden].</summary>
    /// <param name="head">[counted, hidden] to [counted, vocabulary].</param>
    /// <param name="hidden">The last hidden states.</param>
    /// <param name="counted">At least one place.</param>
    /// <param name="statistics">Whether more than log-probabilities are wanted.</param>
    public static TokenScores Of(Func<Tensor, Tensor> head, Tensor hidden, CountedTokens counted, bool statistics)
    {
        Tensor scores = head(hidden.flatten(0, 1).index_select(0, tensor(counted.Places)));
        Tensor wide = scores.dtype == ScalarType.Float64 ? scores : scores.to(ScalarType.Float32);
        Tensor logs = wide.log_softmax(-1);
        Tensor targets = tensor(counted.Targets);
        Tensor picked = logs.gather(1, targets.unsqueeze(1)).squeeze(1);
        return statistics
            ? new TokenScores(picked, Entropies: Entropy(logs), Hits: Hit(wide, targets), MeanScores: Mean(wide))
            : new TokenScores(picked, null, null, null);
    }

    private static Tensor Entropy(Tensor logs)
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> parts = [];
        for (long start = 0; start < logs.shape[0]; start += Chunk)
        {
            using DisposeScope inner = NewDisposeScope();
            Tensor part = logs.narrow(0, start, Math.Min(Chunk, logs.shape[0] - start));
            parts.Add((part.exp() * part).sum(-1).neg().MoveToOuterDisposeScope());
        }

        return cat(parts).MoveToOuterDisposeScope();
    }

    private static Tensor Hit(Tensor scores, Tensor targets)
    {
        using IDisposable noGrad = no_grad();
        return scores.argmax(-1).eq(targets).to(ScalarType.Float32);
    }

    private static Tensor Mean(Tensor scores)
    {
        using IDisposable noGrad = no_grad();
        return scores.mean([-1]);
    }
}
