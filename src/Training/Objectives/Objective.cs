namespace LlmPlatform.Training.Objectives;

/// <summary>What is trained for: a loss of batches, and how the losses of one optimizer step become one.</summary>
/// <typeparam name="TBatch">Rows of the data, as plain arrays.</typeparam>
public abstract class Objective<TBatch>
{
    /// <summary>
    /// What the losses of a step's batches are divided by, so that many small batches are one large one: the labels of all of
    /// them where tokens count, else their number.
    /// </summary>
    public abstract double Divisor(IReadOnlyList<TBatch> window);

    /// <summary>Runs the network over one batch. Tensors belong to the dispose scope of the caller.</summary>
    public abstract BatchLoss Forward(TBatch batch);
}
