using LlmPlatform.Modeling.Layers;
using TorchSharp;
using TorchSharp.Utils;

namespace LlmPlatform.Modeling.Heads;

/// <summary>The heads BERT was first trained with, each where it is used (<c>cls</c> in the files).</summary>
internal sealed class BertPreTrainingHeads : nn.Module
{
    [ComponentName(Name = "predictions")]
    private readonly BertPredictions? _predictions;

    [ComponentName(Name = "seq_relationship")]
    private readonly LinearLayer? _relationship;

    public BertPreTrainingHeads(BertPredictions? predictions, LinearLayer? relationship)
        : base(nameof(BertPreTrainingHeads))
    {
        _predictions = predictions;
        _relationship = relationship;
        RegisterComponents();
    }

    /// <summary>Words at each token.</summary>
    public BertPredictions? Predictions => _predictions;

    /// <summary>Whether the second text follows the first (0) or not (1).</summary>
    public LinearLayer? Relationship => _relationship;
}
