using LlmPlatform.Modeling;
using LlmPlatform.Training.Data;

namespace LlmPlatform.Training.Objectives;

/// <summary>Texts with a teacher's vectors.</summary>
/// <param name="Texts">The tokens.</param>
/// <param name="Teacher">[rows, dimensions].</param>
public sealed record TaughtTexts(PaddedIds Texts, float[] Teacher);

/// <summary>A teacher's vectors, by their direction: the mean of 1 - cosine.</summary>
/// <param name="model">The encoder that learns.</param>
public sealed class DistillationObjective(SentenceEmbeddingModel model) : Objective<TaughtTexts>
{
    /// <summary>By rows, so that accumulation is exactly the larger batch.</summary>
    public override double Divisor(IReadOnlyList<TaughtTexts> window) => window.Sum(batch => (long)batch.Texts.Rows);

    /// <inheritdoc/>
    public override BatchLoss Forward(TaughtTexts batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Tensor vectors = SentenceInput.Vectors(model, batch.Texts);
        Tensor teacher = tensor(batch.Teacher, vectors.shape).to(vectors.dtype);
        Tensor cosines = (nn.functional.normalize(vectors, dim: 1) * nn.functional.normalize(teacher, dim: 1)).sum(1);
        Tensor loss = (1 - cosines).sum();
        return new BatchLoss(loss, Scalars.Of(loss) / batch.Texts.Rows, batch.Texts.Rows, [], batch.Texts.AttentionMask.Sum());
    }
}
