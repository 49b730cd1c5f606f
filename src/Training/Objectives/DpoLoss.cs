namespace LlmPlatform.Training.Objectives;

/// <summary>Direct preference optimisation with the sigmoid loss (https://arxiv.org/abs/2305.18290, equation 7).</summary>
/// <param name="Losses">[pairs], with gradient.</param>
/// <param name="ChosenRewards">beta times the log-ratio of the better answers, [pairs].</param>
/// <param name="RejectedRewards">beta times the log-ratio of the worse answers, [pairs].</param>
internal sealed record DpoLoss(Tensor Losses, Tensor ChosenRewards, Tensor RejectedRewards)
{
    /// <summary>The loss for log-probabilities of whole answers, [pairs] each.</summary>
    public static DpoLoss Sigmoid(Tensor chosen, Tensor rejected, Tensor referenceChosen, Tensor referenceRejected, double beta)
    {
        Tensor chosenRatio = chosen - referenceChosen;
        Tensor rejectedRatio = rejected - referenceRejected;
        Tensor losses = nn.functional.logsigmoid((chosenRatio - rejectedRatio) * beta).neg();
        return new DpoLoss(losses, chosenRatio.detach() * beta, rejectedRatio.detach() * beta);
    }

    /// <summary>TRL's metrics of rewards.</summary>
    public IEnumerable<BatchMetric> Metrics()
    {
        long pairs = Losses.shape[0];
        yield return new BatchMetric("rewards/chosen", Scalars.Of(ChosenRewards.mean()), pairs);
        yield return new BatchMetric("rewards/rejected", Scalars.Of(RejectedRewards.mean()), pairs);
        yield return new BatchMetric("rewards/accuracies", Scalars.Of(ChosenRewards.gt(RejectedRewards).to(ScalarType.Float32).mean()), pairs);
        yield return new BatchMetric("rewards/margins", Scalars.Of((ChosenRewards - RejectedRewards).mean()), pairs);
    }
}
