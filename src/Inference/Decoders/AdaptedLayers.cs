using LlmPlatform.Hub.Adapters;
using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Inference.Kernels;

namespace LlmPlatform.Inference.Decoders;

/// <summary>Reads the layers of a base with what an adapter adds to each. The base's weights stay in their own precision.</summary>
internal sealed class AdaptedLayers(WeightStore store, ITensorFile file, LoraAdapter? adapter)
{
    /// <summary>The weight of a module [rows, columns]: the adapter's own copy where it brings one.</summary>
    public WeightMatrix Matrix(string module, string tensor, int rows, int columns) =>
        Find(module)?.BaseWeight is { } own
            ? store.Matrix(adapter!.Weights, own.Name, rows, columns)
            : store.Matrix(file, tensor, rows, columns);

    /// <summary>A linear layer: name.weight [rows, columns] and, if there is one, name.bias [rows].</summary>
    /// <param name="module">What adapters call it.</param>
    /// <param name="name">What the file calls it.</param>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs.</param>
    /// <param name="bias">Whether there is a bias.</param>
    public LinearWeights Linear(string module, string name, int rows, int columns, bool bias)
    {
        WeightMatrix weights = Matrix(module, name + ".weight", rows, columns);
        NativeMatrix? own = bias ? store.Vector(file, name + ".bias", rows) : null;
        return new LinearWeights(weights, own, LowRankOf(module, name + ".weight", own));
    }

    /// <summary>The output matrix [vocabulary, hidden]: where it is tied, the embedding without what is added to it.</summary>
    public LinearWeights Head(LlamaConfig config, WeightMatrix embedding)
    {
        const string Module = LlamaModules.OutputHead;
        bool own = !config.TieWordEmbeddings || Find(Module)?.BaseWeight is not null;
        string tensor = config.TieWordEmbeddings ? LlamaArchitecture.Of(file).Embedding : LlamaArchitecture.OutputHead;
        WeightMatrix weights = own ? Matrix(Module, tensor, config.VocabSize, config.HiddenSize) : embedding;
        return new LinearWeights(weights, null, LowRankOf(Module, tensor, null));
    }

    /// <summary>What is added to the embedding; null for nothing.</summary>
    public EmbeddingAdapter? Embedding() =>
        Find(LlamaModules.Embedding) is { } module ? store.Keep(new EmbeddingAdapter(adapter!.Read(module))) : null;

    private LoraModule? Find(string module) => adapter?.Modules.GetValueOrDefault(module);

    private LowRank? LowRankOf(string name, string tensor, NativeMatrix? bias)
    {
        if (Find(name) is not { } module)
        {
            return null;
        }

        LoraMatrices matrices = adapter!.Read(module);
        return store.Keep(new LowRank(
            module.Rows,
            module.Columns,
            module.Rank,
            matrices.Up.Span,
            matrices.Down.Span,
            matrices.Bias.Span,
            matrices.Magnitude.IsEmpty ? [] : Factors(matrices, tensor),
            bias is null ? [] : bias.RowSpan(0),
            module.Scale));
    }

    // The length of each row of the changed weight is taken once: neither weight changes while it is served.
    private float[] Factors(LoraMatrices matrices, string tensor)
    {
        LoraModule module = matrices.Module;
        ITensorFile source = module.BaseWeight is null ? file : adapter!.Weights;
        TensorInfo weight = module.BaseWeight ?? file.Require(tensor, module.Rows, module.Columns);
        float[] row = new float[module.Columns];
        float[] factors = new float[module.Rows];
        for (int i = 0; i < factors.Length; i++)
        {
            source.ReadRows(weight, i, 1, row);
            factors[i] = matrices.MergeRow(i, row);
        }

        return factors;
    }
}
