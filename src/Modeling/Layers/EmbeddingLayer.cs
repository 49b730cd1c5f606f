using TorchSharp;
using TorchSharp.Utils;

namespace LlmPlatform.Modeling.Layers;

/// <summary>A table with a row for each id. The row at <c>padding_idx</c> gets no gradient.</summary>
public sealed class EmbeddingLayer : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    private readonly long? _paddingIndex;

    /// <summary>A table [rows, width]; <paramref name="paddingIndex"/> null or negative for none.</summary>
    internal EmbeddingLayer(long rows, long width, long? paddingIndex, ScalarType dtype)
        : base(nameof(EmbeddingLayer))
    {
        (Rows, Width) = (rows, width);
        _paddingIndex = paddingIndex is >= 0 ? paddingIndex : null;
        _weight = EmptyParameter.Of(dtype, rows, width);
        RegisterComponents();
    }

    /// <summary>How many ids there are.</summary>
    public long Rows { get; }

    /// <summary>Width of a row.</summary>
    public long Width { get; }

    /// <summary>[rows, width].</summary>
    public Tensor Weight => _weight;

    /// <summary>The id that fills; null for none.</summary>
    public long? PaddingIndex => _paddingIndex;

    /// <summary>Added to the output; null where none is attached.</summary>
    internal IEmbeddingAdapter? Adapter { get; set; }

    /// <summary>Ids [...] to rows [..., width].</summary>
    public override Tensor forward(Tensor input)
    {
        Tensor rows = Look(_weight, input, _paddingIndex);
        return Adapter is { Enabled: true } adapter ? adapter.Apply(input, rows) : rows;
    }

    /// <summary>Rows of <paramref name="table"/> [rows, width] for ids [...]: [..., width].</summary>
    internal static Tensor Look(Tensor table, Tensor ids, long? paddingIndex)
    {
        Tensor rows = table.index_select(0, ids.flatten()).view([.. ids.shape, table.shape[1]]);
        if (paddingIndex is not long padding || !rows.requires_grad)
        {
            return rows;
        }

        // The same numbers, but of padding without a way back to the table.
        return where(ids.eq(padding).unsqueeze(-1), rows.detach(), rows);
    }
}
