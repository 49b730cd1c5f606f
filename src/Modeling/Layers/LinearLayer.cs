using TorchSharp;
using TorchSharp.Utils;

namespace LlmPlatform.Modeling.Layers;

/// <summary>y = x W^T + b, with the low-rank addition of an adapter where one is attached.</summary>
public sealed class LinearLayer : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter? _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter? _bias;

    // Of a tied layer: where its weight is to be found. A delegate, as a field with a module would make that a part of this.
    private readonly Func<Tensor>? _tiedWeight;

    /// <summary>A layer with a weight [out, in] of its own.</summary>
    internal LinearLayer(long inFeatures, long outFeatures, bool bias, ScalarType dtype)
        : base(nameof(LinearLayer))
    {
        (InFeatures, OutFeatures) = (inFeatures, outFeatures);
        _weight = EmptyParameter.Of(dtype, outFeatures, inFeatures);
        _bias = bias ? EmptyParameter.Of(dtype, outFeatures) : null;
        RegisterComponents();
    }

    private LinearLayer(EmbeddingLayer embedding)
        : base(nameof(LinearLayer))
    {
        (InFeatures, OutFeatures) = (embedding.Width, embedding.Rows);
        _tiedWeight = () => embedding.Weight;
    }

    /// <summary>Width of the input.</summary>
    public long InFeatures { get; }

    /// <summary>Width of the output.</summary>
    public long OutFeatures { get; }

    /// <summary>[out, in].</summary>
    public Tensor Weight => _weight ?? _tiedWeight!();

    /// <summary>[out]; null for a layer without.</summary>
    public Tensor? Bias => _bias;

    /// <summary>Whether the weight is that of an embedding.</summary>
    public bool IsTied => _tiedWeight is not null;

    /// <summary>Added to the output; null where none is attached.</summary>
    internal ILinearAdapter? Adapter { get; set; }

    /// <summary>[..., in] to [..., out].</summary>
    public override Tensor forward(Tensor input)
    {
        Tensor output = nn.functional.linear(input, Weight, _bias);
        return Adapter is { Enabled: true } adapter ? adapter.Apply(this, input, output) : output;
    }

    /// <summary>A layer without bias whose weight is the table of <paramref name="embedding"/>.</summary>
    internal static LinearLayer TiedTo(EmbeddingLayer embedding) => new(embedding);
}
