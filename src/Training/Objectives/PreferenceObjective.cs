using LlmPlatform.Modeling;
using LlmPlatform.Training.Data;
using TorchSharp;

namespace LlmPlatform.Training.Objectives;

/// <summary>Direct preference optimisation against log-probabilities of the reference that were computed before.</summary>
/// <param name="model">The network.</param>
/// <param name="beta">How much a log-ratio counts.</param>
public sealed class PreferenceObjective(LanguageModel model, double beta) : Objective<ReferencedPairs>
{
    /// <summary>Batches are averaged, whatever their tokens.</summary>
    public override double Divisor(IReadOnlyList<ReferencedPairs> window) => window.Count;

    /// <inheritdoc/>
    public override BatchLoss Forward(ReferencedPairs batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        int pairs = batch.Pairs.Pairs;
        CountedTokens counted = Count(batch.Pairs);
        TokenScores scores = Score(model, batch.Pairs, counted, statistics: true);
        Tensor sums = Sums(scores, counted, pairs);
        Tensor chosen = sums.narrow(0, 0, pairs);
        Tensor rejected = sums.narrow(0, pairs, pairs);
        DpoLoss loss = DpoLoss.Sigmoid(
            chosen, rejected, tensor(batch.ReferenceChosen).to(sums.dtype), tensor(batch.ReferenceRejected).to(sums.dtype), beta);
        Tensor mean = loss.Losses.mean();

        // Rows of better answers come first, and so do their tokens.
        int tokens = counted.Rows.Count(row => row < pairs);
        BatchMetric[] metrics =
        [
            new BatchMetric("entropy", Scalars.Of(scores.Entropies!.mean()), counted.Count),
            new BatchMetric("mean_token_accuracy", Scalars.Of(scores.Hits!.narrow(0, 0, tokens).mean()), tokens),
            new BatchMetric("logits/chosen", Scalars.Of(scores.MeanScores!.narrow(0, 0, tokens).mean()), tokens),
            new BatchMetric("logits/rejected", Scalars.Of(scores.MeanScores!.narrow(0, tokens, counted.Count - tokens).mean()), counted.Count - tokens),
            new BatchMetric("logps/chosen", Scalars.Of(chosen.mean()), pairs),
            new BatchMetric("logps/rejected", Scalars.Of(rejected.mean()), pairs),
            .. loss.Metrics(),
        ];
        return new BatchLoss(mean, Scalars.Of(mean), pairs, metrics, batch.Pairs.AttentionMask.Sum());
    }

    /// <summary>The log-probabilities of whole answers, without gradient: the better ones and the worse ones.</summary>
    public static (float[] Chosen, float[] Rejected) LogProbabilities(LanguageModel model, PreferenceBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        CountedTokens counted = Count(batch);
        float[] sums = Scalars.All(Sums(Score(model, batch, counted, statistics: false), counted, batch.Pairs));
        return (sums[..batch.Pairs], sums[batch.Pairs..]);
    }

    private static CountedTokens Count(PreferenceBatch batch) => CountedTokens.Before(
        [.. batch.InputIds.Select((id, i) => batch.CompletionMask[i] == 1 ? id : SftExample.Ignored)], batch.Length);

    private static TokenScores Score(LanguageModel model, PreferenceBatch batch, CountedTokens counted, bool statistics)
    {
        long[] shape = [2L * batch.Pairs, batch.Length];
        Tensor hidden = model.HiddenStates(new ModelInput(tensor(batch.InputIds, shape), tensor(batch.AttentionMask, shape)));
        return TokenScores.Of(model.Head, hidden, counted, statistics);
    }

    // [2 * pairs].
    private static Tensor Sums(TokenScores scores, CountedTokens counted, int pairs) =>
        zeros([2L * pairs], dtype: scores.LogProbabilities.dtype).index_add(0, tensor(counted.Rows), scores.LogProbabilities, 1);
}
