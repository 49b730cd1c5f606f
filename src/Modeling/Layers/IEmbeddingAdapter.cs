namespace LlmPlatform.Modeling.Layers;

/// <summary>Changes the output of an embedding.</summary>
internal interface IEmbeddingAdapter
{
    /// <summary>Whether it has an effect now.</summary>
    bool Enabled { get; }

    /// <summary>The output [..., width] with the adapter's part, for ids [...] and the table's own output.</summary>
    Tensor Apply(Tensor ids, Tensor output);
}
