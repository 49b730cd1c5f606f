using LlmPlatform.Hub.Adapters;
using LlmPlatform.Inference.Kernels;

namespace LlmPlatform.Inference.Decoders;

/// <summary>What an adapter adds to the row of an id: scale * down(id) up, where down(id) is looked up instead of computed.</summary>
internal sealed unsafe class EmbeddingAdapter : IAdapterWeights
{
    private readonly int _width;
    private readonly NativeMatrix _table;
    private readonly LowRank _lowRank;

    public EmbeddingAdapter(LoraMatrices matrices)
    {
        LoraModule module = matrices.Module;
        int rank = module.Rank;
        _width = module.Columns;
        _table = new NativeMatrix(module.Rows, rank);
        for (int id = 0; id < module.Rows; id++)
        {
            matrices.Up.Span.Slice(id * rank, rank).CopyTo(_table.RowSpan(id));
        }

        // Towards the stream the matrices change places: [width, rank] follows the looked-up [rank].
        float[] up = new float[_width * rank];
        for (int i = 0; i < up.Length; i++)
        {
            up[i] = matrices.Down.Span[(i % rank * _width) + (i / rank)];
        }

        _lowRank = new LowRank(_width, 1, rank, up, new float[rank], [], [], [], module.Scale);
    }

    public long ByteLength => ((long)_table.Rows * _table.Stride * sizeof(float)) + _lowRank.ByteLength;

    /// <summary>Adds the share of <paramref name="id"/> to its row of the embedding, [width].</summary>
    public void Add(KernelSet kernels, int id, float* row) => kernels.AddLowRank(_lowRank, _table.Row(id), row, 0, _width);

    public void Dispose()
    {
        _table.Dispose();
        _lowRank.Dispose();
    }
}
