using System.Globalization;
using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Hub.Architectures;

/// <summary>
/// The tensors of a llama model by Hugging Face's names. Linear weights are [out, in]; names without suffix take
/// <c>.weight</c> or <c>.bias</c>.
/// </summary>
public sealed class LlamaArchitecture
{
    /// <summary><c>model_type</c> in config.json.</summary>
    public const string ModelType = "llama";

    /// <summary>The output matrix [vocab, hidden]; absent where it is tied to the embedding.</summary>
    public const string OutputHead = "lm_head.weight";

    private readonly string _prefix;

    private LlamaArchitecture(string prefix) => _prefix = prefix;

    /// <summary>The embedding [vocab, hidden].</summary>
    public string Embedding => _prefix + "embed_tokens.weight";

    /// <summary>The last norm [hidden].</summary>
    public string FinalNorm => _prefix + "norm.weight";

    /// <summary>The names in these weights: with <c>model.</c> in front, or what else stands before the embedding.</summary>
    public static LlamaArchitecture Of(ITensorFile weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        const string Last = "embed_tokens.weight";
        string? name = weights.Tensors.Keys.FirstOrDefault(name => name.EndsWith(Last, StringComparison.Ordinal));
        return new LlamaArchitecture(name is null ? "model." : name[..^Last.Length]);
    }

    /// <summary>Norm before attention [hidden].</summary>
    public string InputNorm(int layer) => Layer(layer, "input_layernorm.weight");

    /// <summary>Norm before the feed-forward layer [hidden].</summary>
    public string PostAttentionNorm(int layer) => Layer(layer, "post_attention_layernorm.weight");

    /// <summary>Queries [heads * head, hidden].</summary>
    public string QProj(int layer) => Layer(layer, "self_attn.q_proj");

    /// <summary>Keys [kv heads * head, hidden].</summary>
    public string KProj(int layer) => Layer(layer, "self_attn.k_proj");

    /// <summary>Values [kv heads * head, hidden].</summary>
    public string VProj(int layer) => Layer(layer, "self_attn.v_proj");

    /// <summary>Output of attention [hidden, heads * head].</summary>
    public string OProj(int layer) => Layer(layer, "self_attn.o_proj");

    /// <summary>Gate [intermediate, hidden].</summary>
    public string GateProj(int layer) => Layer(layer, "mlp.gate_proj");

    /// <summary>Up [intermediate, hidden].</summary>
    public string UpProj(int layer) => Layer(layer, "mlp.up_proj");

    /// <summary>Down [hidden, intermediate].</summary>
    public string DownProj(int layer) => Layer(layer, "mlp.down_proj");

    /// <summary>Checks that every tensor the configuration asks for is there and has its shape.</summary>
    /// <exception cref="InvalidModelFileException">One is missing or has another shape.</exception>
    public void Check(LlamaConfig config, ITensorFile weights)
    {
        ArgumentNullException.ThrowIfNull(config);
        long hidden = config.HiddenSize;
        long queries = (long)config.NumAttentionHeads * config.HeadDim;
        long keys = (long)config.NumKeyValueHeads * config.HeadDim;
        long inner = config.IntermediateSize;
        weights.Require(Embedding, config.VocabSize, hidden);
        weights.Require(FinalNorm, hidden);
        for (int layer = 0; layer < config.NumHiddenLayers; layer++)
        {
            weights.Require(InputNorm(layer), hidden);
            weights.Require(PostAttentionNorm(layer), hidden);
            CheckLinear(weights, QProj(layer), queries, hidden, config.AttentionBias);
            CheckLinear(weights, KProj(layer), keys, hidden, config.AttentionBias);
            CheckLinear(weights, VProj(layer), keys, hidden, config.AttentionBias);
            CheckLinear(weights, OProj(layer), hidden, queries, config.AttentionBias);
            CheckLinear(weights, GateProj(layer), inner, hidden, config.MlpBias);
            CheckLinear(weights, UpProj(layer), inner, hidden, config.MlpBias);
            CheckLinear(weights, DownProj(layer), hidden, inner, config.MlpBias);
        }

        if (!config.TieWordEmbeddings)
        {
            weights.Require(OutputHead, config.VocabSize, hidden);
        }
    }

    private static void CheckLinear(ITensorFile weights, string name, long rows, long columns, bool bias)
    {
        weights.Require(name + ".weight", rows, columns);
        if (bias)
        {
            weights.Require(name + ".bias", rows);
        }
    }

    private string Layer(int layer, string name) => string.Create(CultureInfo.InvariantCulture, $"{_prefix}layers.{layer}.{name}");
}
