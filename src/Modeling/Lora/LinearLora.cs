using LlmPlatform.Modeling.Layers;
using TorchSharp;

namespace LlmPlatform.Modeling.Lora;

/// <summary>
/// y = W x + b + scale * (B A x + c) (Hu et al. 2021). With a magnitude m (DoRA, Liu et al. 2024) row i of W + scale * B A
/// has the length m_i; its own length counts as a constant in gradients.
/// </summary>
internal sealed class LinearLora : LoraPart, ILinearAdapter
{
    private readonly LinearLayer _layer;
    private readonly double _scale;
    private readonly Parameter _a;
    private readonly Parameter _b;
    private readonly Parameter? _bias;
    private readonly Parameter? _magnitude;

    public LinearLora(LoraState state, LoraTarget target, LoraSettings settings, ScalarType dtype)
        : base(state, target.Name)
    {
        _layer = (LinearLayer)target.Module;
        _scale = target.Scale;
        _a = New("lora_A.weight", dtype, target.Rank, _layer.InFeatures);
        _b = New("lora_B.weight", dtype, _layer.OutFeatures, target.Rank);
        _bias = settings.LoraBias ? New("lora_B.bias", dtype, _layer.OutFeatures) : null;
        _magnitude = settings.UseDora ? New("lora_magnitude_vector", dtype, _layer.OutFeatures) : null;
        _layer.Adapter = this;
    }

    /// <summary>[..., in] and the layer's own output [..., out] to [..., out].</summary>
    public Tensor Apply(LinearLayer layer, Tensor input, Tensor output)
    {
        bool drops = State.DropsOut(layer.training);
        Tensor x = input.to(_a.dtype);
        x = drops ? State.Drop(x) : x;
        Tensor low = nn.functional.linear(x, _a);
        if (_magnitude is not null)
        {
            Tensor update = nn.functional.linear(low, _b, _bias) * _scale;
            Tensor own = drops ? nn.functional.linear(x, layer.Weight.to(x.dtype)) : layer.Bias is { } bias ? output - bias : output;
            Tensor stretch = _magnitude / RowLengths();
            return output + (((stretch - 1) * own) + (stretch * update)).to(output.dtype);
        }

        if (_bias is not null || output.dtype != low.dtype)
        {
            return output + (nn.functional.linear(low, _b, _bias) * _scale).to(output.dtype);
        }

        // output + scale * low B^T in one go.
        return addmm(output.view(-1, layer.OutFeatures), low.view(-1, low.shape[^1]), _b.t(), 1, (float)_scale).view(output.shape);
    }

    /// <summary>A as torch's linear layers (uniform, bound 1 / sqrt(in)), the rest without effect.</summary>
    public override void Initialize(Generator generator)
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        double bound = 1 / Math.Sqrt(_layer.InFeatures);
        _a.copy_(empty(_a.shape, dtype: ScalarType.Float32).uniform_(-bound, bound, generator));
        _b.zero_();
        _bias?.zero_();
        _magnitude?.copy_(_layer.Weight.to(_a.dtype).norm(1));
    }

    public override void Merge()
    {
        if (_layer.IsTied)
        {
            throw new LoraException($"{Name} cannot be merged: its weight is the embedding's");
        }

        if (_bias is not null && _layer.Bias is null)
        {
            throw new LoraException($"{Name} cannot be merged: the adapter has a bias and the layer has none");
        }

        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor changed = Changed();
        _layer.Weight.copy_(_magnitude is null ? changed : changed * (_magnitude / RowLengths()).unsqueeze(1));
        if (_bias is not null)
        {
            _layer.Bias!.add_((_bias * _scale).to(_layer.Bias.dtype));
        }
    }

    public override void Detach()
    {
        if (ReferenceEquals(_layer.Adapter, this))
        {
            _layer.Adapter = null;
        }
    }

    // W + scale * B A.
    private Tensor Changed() => _layer.Weight.to(_a.dtype) + (_scale * _b.matmul(_a));

    private Tensor RowLengths()
    {
        using IDisposable noGrad = no_grad();
        return Changed().norm(1);
    }
}
