using LlmPlatform.Modeling.Layers;
using TorchSharp;

namespace LlmPlatform.Modeling.Lora;

/// <summary>A layer that is trained whole (<c>modules_to_save</c>): a copy takes its place, the base stays as it is.</summary>
internal sealed class SavedLinear : LoraPart, ILinearAdapter
{
    private readonly LinearLayer _layer;
    private readonly Parameter _weight;
    private readonly Parameter? _bias;

    public SavedLinear(LoraState state, string name, LinearLayer layer, ScalarType dtype)
        : base(state, name)
    {
        _layer = layer;
        _weight = New("weight", dtype, layer.OutFeatures, layer.InFeatures);
        _bias = layer.Bias is null ? null : New("bias", dtype, layer.OutFeatures);
        _layer.Adapter = this;
    }

    /// <summary>[..., in] to [..., out].</summary>
    public Tensor Apply(LinearLayer layer, Tensor input, Tensor output) =>
        nn.functional.linear(input.to(_weight.dtype), _weight, _bias).to(output.dtype);

    /// <summary>The base's numbers.</summary>
    public override void Initialize(Generator generator)
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        _weight.copy_(_layer.Weight);
        _bias?.copy_(_layer.Bias!);
    }

    public override void Merge()
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        _layer.Weight.copy_(_weight);
        _layer.Bias?.copy_(_bias!);
    }

    public override void Detach()
    {
        if (ReferenceEquals(_layer.Adapter, this))
        {
            _layer.Adapter = null;
        }
    }
}
