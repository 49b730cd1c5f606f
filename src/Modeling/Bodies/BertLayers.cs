using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace LlmPlatform.Modeling.Bodies;

/// <summary>The layers of BERT; a module of its own only for the names of parameters (<c>encoder.layer.0</c>).</summary>
internal sealed class BertLayers : nn.Module
{
    [ComponentName(Name = "layer")]
    private readonly ModuleList<BertLayer> _layers;

    public BertLayers(IEnumerable<BertLayer> layers)
        : base(nameof(BertLayers))
    {
        _layers = new ModuleList<BertLayer>([.. layers]);
        RegisterComponents();
    }

    public IReadOnlyList<BertLayer> All => [.. _layers];
}
