using System.Globalization;
using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Hub.Architectures;

/// <summary>
/// The tensors of a BERT encoder by Hugging Face's names. Linear weights are [out, in]; names without suffix take
/// <c>.weight</c> or <c>.bias</c>.
/// </summary>
public sealed class BertArchitecture
{
    /// <summary><c>model_type</c> in config.json.</summary>
    public const string ModelType = "bert";

    private readonly string _prefix;

    private BertArchitecture(string prefix) => _prefix = prefix;

    /// <summary>Word embedding [vocab, hidden].</summary>
    public string WordEmbeddings => _prefix + "embeddings.word_embeddings.weight";

    /// <summary>Position embedding [positions, hidden].</summary>
    public string PositionEmbeddings => _prefix + "embeddings.position_embeddings.weight";

    /// <summary>Segment embedding [types, hidden].</summary>
    public string TokenTypeEmbeddings => _prefix + "embeddings.token_type_embeddings.weight";

    /// <summary>Norm over the sum of the embeddings [hidden].</summary>
    public string EmbeddingNorm => _prefix + "embeddings.LayerNorm";

    /// <summary>The names in these weights: with <c>bert.</c> in front (a model with a head), or what else stands before the embedding.</summary>
    public static BertArchitecture Of(ITensorFile weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        const string Last = "embeddings.word_embeddings.weight";
        string? name = weights.Tensors.Keys.FirstOrDefault(name => name.EndsWith(Last, StringComparison.Ordinal));
        return new BertArchitecture(name is null ? "" : name[..^Last.Length]);
    }

    /// <summary>Queries [hidden, hidden].</summary>
    public string Query(int layer) => Layer(layer, "attention.self.query");

    /// <summary>Keys [hidden, hidden].</summary>
    public string Key(int layer) => Layer(layer, "attention.self.key");

    /// <summary>Values [hidden, hidden].</summary>
    public string Value(int layer) => Layer(layer, "attention.self.value");

    /// <summary>Output of attention [hidden, hidden].</summary>
    public string AttentionOutput(int layer) => Layer(layer, "attention.output.dense");

    /// <summary>Norm after attention [hidden].</summary>
    public string AttentionNorm(int layer) => Layer(layer, "attention.output.LayerNorm");

    /// <summary>Up [intermediate, hidden].</summary>
    public string Intermediate(int layer) => Layer(layer, "intermediate.dense");

    /// <summary>Down [hidden, intermediate].</summary>
    public string Output(int layer) => Layer(layer, "output.dense");

    /// <summary>Norm after the feed-forward layer [hidden].</summary>
    public string OutputNorm(int layer) => Layer(layer, "output.LayerNorm");

    /// <summary>Checks that every tensor the configuration asks for is there and has its shape.</summary>
    /// <exception cref="InvalidModelFileException">One is missing or has another shape.</exception>
    public void Check(BertConfig config, ITensorFile weights)
    {
        ArgumentNullException.ThrowIfNull(config);
        long hidden = config.HiddenSize;
        weights.Require(WordEmbeddings, config.VocabSize, hidden);
        weights.Require(PositionEmbeddings, config.MaxPositionEmbeddings, hidden);
        weights.Require(TokenTypeEmbeddings, config.TypeVocabSize, hidden);
        CheckNorm(weights, EmbeddingNorm, hidden);
        for (int layer = 0; layer < config.NumHiddenLayers; layer++)
        {
            CheckLinear(weights, Query(layer), hidden, hidden);
            CheckLinear(weights, Key(layer), hidden, hidden);
            CheckLinear(weights, Value(layer), hidden, hidden);
            CheckLinear(weights, AttentionOutput(layer), hidden, hidden);
            CheckNorm(weights, AttentionNorm(layer), hidden);
            CheckLinear(weights, Intermediate(layer), config.IntermediateSize, hidden);
            CheckLinear(weights, Output(layer), hidden, config.IntermediateSize);
            CheckNorm(weights, OutputNorm(layer), hidden);
        }
    }

    /// <summary>Old checkpoints say gamma and beta for the weight and bias of a norm.</summary>
    internal static string ModernName(string name) => name.EndsWith("LayerNorm.gamma", StringComparison.Ordinal)
        ? name[..^"gamma".Length] + "weight"
        : name.EndsWith("LayerNorm.beta", StringComparison.Ordinal) ? name[..^"beta".Length] + "bias" : name;

    private static void CheckLinear(ITensorFile weights, string name, long rows, long columns)
    {
        weights.Require(name + ".weight", rows, columns);
        weights.Require(name + ".bias", rows);
    }

    private static void CheckNorm(ITensorFile weights, string name, long width)
    {
        weights.Require(name + ".weight", width);
        weights.Require(name + ".bias", width);
    }

    private string Layer(int layer, string name) => string.Create(CultureInfo.InvariantCulture, $"{_prefix}encoder.layer.{layer}.{name}");
}
