using LlmPlatform.Modeling;
using LlmPlatform.Training.Data;

namespace LlmPlatform.Training.Objectives;

/// <summary>
/// Texts that belong together against all others of the batch. The negatives are those of one batch: accumulation averages
/// losses and does not make the choice larger.
/// </summary>
/// <param name="model">The encoder.</param>
/// <param name="scale">What cosines are multiplied with.</param>
public sealed class ContrastiveObjective(SentenceEmbeddingModel model, double scale) : Objective<PairBatch>
{
    /// <inheritdoc/>
    public override double Divisor(IReadOnlyList<PairBatch> window) => window.Count;

    /// <inheritdoc/>
    public override BatchLoss Forward(PairBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        PaddedIds[] columns = [batch.Positive, .. batch.Negatives];
        Tensor anchors = SentenceInput.Vectors(model, batch.Anchor);
        Tensor candidates = cat([.. columns.Select(column => SentenceInput.Vectors(model, column))]);
        Tensor loss = RankingLoss.Of(anchors, candidates, scale);
        long tokens = batch.Anchor.AttentionMask.Sum() + columns.Sum(column => column.AttentionMask.Sum());
        return new BatchLoss(loss, Scalars.Of(loss), batch.Anchor.Rows, [], tokens);
    }
}
