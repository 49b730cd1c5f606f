namespace LlmPlatform.Modeling.Layers;

/// <summary>Changes the output of a linear layer.</summary>
internal interface ILinearAdapter
{
    /// <summary>Whether it has an effect now.</summary>
    bool Enabled { get; }

    /// <summary>The output [..., out] with the adapter's part, for the input [..., in] and the layer's own output.</summary>
    Tensor Apply(LinearLayer layer, Tensor input, Tensor output);
}
