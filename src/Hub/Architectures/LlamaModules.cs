using System.Globalization;

namespace LlmPlatform.Hub.Architectures;

/// <summary>A module of a llama model that has a matrix.</summary>
/// <param name="Name">By its name in transformers, whatever the weights' file calls it.</param>
/// <param name="Rows">Outputs; for the embedding the ids.</param>
/// <param name="Columns">Inputs; for the embedding the width.</param>
/// <param name="HasBias">Whether it has a bias [rows].</param>
public sealed record LlamaModule(string Name, int Rows, int Columns, bool HasBias);

/// <summary>The modules of a llama model (transformers: <c>LlamaForCausalLM</c>) that adapters can change.</summary>
public static class LlamaModules
{
    /// <summary>The embedding.</summary>
    public const string Embedding = "model.embed_tokens";

    /// <summary>The output matrix.</summary>
    public const string OutputHead = "lm_head";

    /// <summary>All of them, in the order of the network: embedding, projections layer by layer, output matrix.</summary>
    public static IEnumerable<LlamaModule> Of(LlamaConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        int hidden = config.HiddenSize, inner = config.IntermediateSize;
        int queries = config.NumAttentionHeads * config.HeadDim;
        int keys = config.NumKeyValueHeads * config.HeadDim;
        yield return new LlamaModule(Embedding, config.VocabSize, hidden, HasBias: false);
        for (int layer = 0; layer < config.NumHiddenLayers; layer++)
        {
            yield return new LlamaModule(Layer(layer, "self_attn.q_proj"), queries, hidden, config.AttentionBias);
            yield return new LlamaModule(Layer(layer, "self_attn.k_proj"), keys, hidden, config.AttentionBias);
            yield return new LlamaModule(Layer(layer, "self_attn.v_proj"), keys, hidden, config.AttentionBias);
            yield return new LlamaModule(Layer(layer, "self_attn.o_proj"), hidden, queries, config.AttentionBias);
            yield return new LlamaModule(Layer(layer, "mlp.gate_proj"), inner, hidden, config.MlpBias);
            yield return new LlamaModule(Layer(layer, "mlp.up_proj"), inner, hidden, config.MlpBias);
            yield return new LlamaModule(Layer(layer, "mlp.down_proj"), hidden, inner, config.MlpBias);
        }

        yield return new LlamaModule(OutputHead, config.VocabSize, hidden, HasBias: false);
    }

    /// <summary>The name of a module in a layer.</summary>
    public static string Layer(int layer, string module) => string.Create(CultureInfo.InvariantCulture, $"model.layers.{layer}.{module}");
}
