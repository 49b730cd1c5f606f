using System.Collections.Immutable;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Hub.Gguf;

namespace LlmPlatform.Hub.Architectures;

/// <summary>The settings of a llama model (transformers: <c>LlamaConfig</c>), checked.</summary>
public sealed record LlamaConfig
{
    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Layers.</summary>
    public required int NumHiddenLayers { get; init; }

    /// <summary>Query heads.</summary>
    public required int NumAttentionHeads { get; init; }

    /// <summary>Key and value heads; divides the query heads.</summary>
    public required int NumKeyValueHeads { get; init; }

    /// <summary>Width of one head; not always hidden / heads.</summary>
    public required int HeadDim { get; init; }

    /// <summary>Width of the feed-forward layer.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Rows of the embedding.</summary>
    public required int VocabSize { get; init; }

    /// <summary>Context length.</summary>
    public required int MaxPositionEmbeddings { get; init; }

    /// <summary>Epsilon of the norms.</summary>
    public required double RmsNormEps { get; init; }

    /// <summary>Activation of the feed-forward layer, by its name in transformers; silu.</summary>
    public required string HiddenAct { get; init; }

    /// <summary>Whether the projections of attention have biases.</summary>
    public required bool AttentionBias { get; init; }

    /// <summary>Whether the projections of the feed-forward layer have biases.</summary>
    public required bool MlpBias { get; init; }

    /// <summary>Whether the output matrix is the embedding.</summary>
    public required bool TieWordEmbeddings { get; init; }

    /// <summary>Positions.</summary>
    public required RopeParameters RopeParameters { get; init; }

    /// <summary>First token of a text; null where there is none.</summary>
    public int? BosTokenId { get; init; }

    /// <summary>Tokens that end a text.</summary>
    public ImmutableArray<int> EosTokenIds { get; init; } = [];

    /// <summary>Token that fills; null where there is none.</summary>
    public int? PadTokenId { get; init; }

    /// <summary>Reads config.json.</summary>
    /// <exception cref="InvalidModelFileException">A key is missing or wrong.</exception>
    public static LlamaConfig From(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.GetString("model_type") != LlamaArchitecture.ModelType)
        {
            throw config.Invalid("model_type", LlamaArchitecture.ModelType);
        }

        int hidden = config.GetInt32("hidden_size", 1, Limits.Width);
        int heads = config.GetInt32("num_attention_heads", 1, Limits.Heads);
        int keyValueHeads = config.FindInt32("num_key_value_heads", heads, 1, Limits.Heads)!.Value;
        if (heads % keyValueHeads != 0)
        {
            throw config.Invalid("num_key_value_heads", $"a divisor of num_attention_heads = {heads}");
        }

        int? headDim = config.FindInt32("head_dim", min: 2, max: Limits.Width);
        if (headDim is null && hidden % heads != 0)
        {
            throw config.Invalid("hidden_size", $"a multiple of num_attention_heads = {heads}, as there is no head_dim");
        }

        int width = headDim ?? (hidden / heads);
        if (width % 2 != 0)
        {
            throw config.Invalid(headDim is null ? "hidden_size" : "head_dim", "heads of an even width");
        }

        double epsilon = config.FindDouble("rms_norm_eps", 1e-6)!.Value;
        return new LlamaConfig
        {
            HiddenSize = hidden,
            NumHiddenLayers = config.GetInt32("num_hidden_layers", 1, Limits.Layers),
            NumAttentionHeads = heads,
            NumKeyValueHeads = keyValueHeads,
            HeadDim = width,
            IntermediateSize = config.GetInt32("intermediate_size", 1, Limits.Width),
            VocabSize = config.GetInt32("vocab_size", 1, Limits.Vocabulary),
            MaxPositionEmbeddings = config.FindInt32("max_position_embeddings", 2048, 1)!.Value,
            RmsNormEps = epsilon >= 0 ? epsilon : throw config.Invalid("rms_norm_eps", "a number that is not negative"),
            HiddenAct = config.FindString("hidden_act", "silu")!,
            AttentionBias = config.GetBoolean("attention_bias", false),
            MlpBias = config.GetBoolean("mlp_bias", false),
            TieWordEmbeddings = config.GetBoolean("tie_word_embeddings", false),
            RopeParameters = RopeParameters.From(config),
            BosTokenId = config.FindInt32("bos_token_id"),
            EosTokenIds = config.FindInt32s("eos_token_id"),
            PadTokenId = config.FindInt32("pad_token_id", min: -1),
        };
    }

    /// <summary>Reads the metadata of a GGUF file.</summary>
    /// <exception cref="InvalidModelFileException">A key is missing or wrong.</exception>
    public static LlamaConfig From(GgufFile file) => From(GgufConfig.Read(file));
}
