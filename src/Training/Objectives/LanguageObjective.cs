using LlmPlatform.Modeling;

namespace LlmPlatform.Training.Objectives;

/// <summary>
/// The negative log-probability of the labels: of the next token, or of masked ones. Divided by the labels of all batches of
/// a step.
/// </summary>
/// <param name="model">The network.</param>
/// <param name="form">Where labels are, and whether TRL's metrics of tokens are wanted.</param>
public sealed class LanguageObjective(LanguageModel model, LanguageForm form) : Objective<LanguageBatch>
{
    /// <inheritdoc/>
    public override double Divisor(IReadOnlyList<LanguageBatch> window) => Math.Max(1, window.Sum(batch => (long)Count(batch).Count));

    /// <inheritdoc/>
    public override BatchLoss Forward(LanguageBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        CountedTokens counted = Count(batch);
        if (counted.Count == 0)
        {
            return new BatchLoss(null, 0, 0, [], batch.Tokens);
        }

        TokenScores scores = TokenScores.Of(model.Head, model.HiddenStates(batch.ToInput()), counted, statistics: form == LanguageForm.Supervised);
        Tensor loss = scores.LogProbabilities.sum().neg();
        BatchMetric[] metrics = scores.Entropies is null
            ? []
            :
            [
                new BatchMetric("entropy", Scalars.Of(scores.Entropies.mean()), counted.Count),
                new BatchMetric("mean_token_accuracy", Scalars.Of(scores.Hits!.mean()), counted.Count),
            ];
        return new BatchLoss(loss, Scalars.Of(loss) / counted.Count, counted.Count, metrics, batch.Tokens);
    }

    private CountedTokens Count(LanguageBatch batch) => form == LanguageForm.Masked
        ? CountedTokens.At(batch.Labels, batch.Length)
        : CountedTokens.Before(batch.Labels, batch.Length);
}

/// <summary>How a language model is trained.</summary>
public enum LanguageForm
{
    /// <summary>Each token by those before it.</summary>
    Causal,

    /// <summary>Hidden tokens by all others.</summary>
    Masked,

    /// <summary>As <see cref="Causal"/>, with entropy and accuracy of the learnt tokens.</summary>
    Supervised,
}
