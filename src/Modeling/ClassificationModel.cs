using LlmPlatform.Hub.Configuration;

namespace LlmPlatform.Modeling;

/// <summary>
/// A body with a head that scores classes: of a text ([batch, labels]; a reward model has one label), of every token
/// ([batch, sequence, labels]), or of one of several texts ([batch, choices]).
/// </summary>
public abstract class ClassificationModel : PreTrainedModel
{
    private protected ClassificationModel(string name, ModelConfig config)
        : base(name, config)
    {
    }

    /// <summary>How many classes there are.</summary>
    public abstract int LabelCount { get; }

    /// <summary>The scores; not normalised.</summary>
    public abstract Tensor Forward(ModelInput input);

    /// <summary>How many classes config.json names: <c>id2label</c>, <c>num_labels</c>, else 2 as in transformers.</summary>
    /// <exception cref="Hub.InvalidModelFileException">The number is wrong.</exception>
    private protected static int LabelsOf(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        int? named = config.FindSection("id2label")?.Keys.Count();
        return named is > 0 ? named.Value : config.FindInt32("num_labels", 2, 1, 1 << 20)!.Value;
    }
}
