using LlmPlatform.Training.Objectives;

namespace LlmPlatform.Training.Jobs;

/// <summary>A model with its data and objective, ready to be trained.</summary>
/// <typeparam name="TBatch">Rows of the data.</typeparam>
internal abstract class TrainingTask<TBatch>(TrainedModel model) : IDisposable
{
    /// <summary>What is trained.</summary>
    public TrainedModel Model => model;

    /// <summary>What is trained for.</summary>
    public abstract Objective<TBatch> Objective { get; }

    /// <summary>Rows of training data.</summary>
    public abstract int TrainingRows { get; }

    /// <summary>Rows of held-out data.</summary>
    public abstract int ValidationRows { get; }

    /// <summary>Hash of what another model said of the data; null where none is asked.</summary>
    public virtual string? ReferenceHash => null;

    /// <summary>A batch of training rows.</summary>
    /// <param name="rows">Indices.</param>
    /// <param name="number">Of the batch since the beginning: what is drawn for it follows from this.</param>
    public abstract TBatch Training(int[] rows, long number);

    /// <summary>A batch of held-out rows.</summary>
    public abstract TBatch Validation(int[] rows);

    /// <summary>Asks another model before training begins. The weights are those that training begins with.</summary>
    public virtual void Prepare()
    {
    }

    /// <summary>Frees the model.</summary>
    public void Dispose() => model.Dispose();
}
