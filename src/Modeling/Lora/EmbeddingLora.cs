using LlmPlatform.Modeling.Layers;
using TorchSharp;

namespace LlmPlatform.Modeling.Lora;

/// <summary>row(id) + scale * B A[:, id]; A and B are transposed against those of linear layers.</summary>
internal sealed class EmbeddingLora : LoraPart, IEmbeddingAdapter
{
    private readonly EmbeddingLayer _layer;
    private readonly double _scale;
    private readonly Parameter _a;
    private readonly Parameter _b;

    public EmbeddingLora(LoraState state, LoraTarget target, LoraSettings settings, ScalarType dtype)
        : base(state, target.Name)
    {
        if (settings.UseDora || settings.LoraBias)
        {
            throw new LoraException($"{target.Name}: use_dora and lora_bias are not supported for an embedding");
        }

        _layer = (EmbeddingLayer)target.Module;
        _scale = target.Scale;
        _a = New("lora_embedding_A", dtype, target.Rank, _layer.Rows);
        _b = New("lora_embedding_B", dtype, _layer.Width, target.Rank);
        _layer.Adapter = this;
    }

    /// <summary>Ids [...] and the table's rows [..., width] to [..., width].</summary>
    public Tensor Apply(Tensor ids, Tensor output)
    {
        Tensor low = EmbeddingLayer.Look(_a.t(), ids, _layer.PaddingIndex);
        return output + (nn.functional.linear(low, _b) * _scale).to(output.dtype);
    }

    /// <summary>A 0, B normal.</summary>
    public override void Initialize(Generator generator)
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        _a.zero_();
        _b.copy_(empty(_b.shape, dtype: ScalarType.Float32).normal_(0, 1, generator));
    }

    public override void Merge()
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();
        _layer.Weight.copy_(_layer.Weight.to(_a.dtype) + (_scale * _b.matmul(_a).t()));
    }

    public override void Detach()
    {
        if (ReferenceEquals(_layer.Adapter, this))
        {
            _layer.Adapter = null;
        }
    }
}
