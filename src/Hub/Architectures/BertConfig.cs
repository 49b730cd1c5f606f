using LlmPlatform.Hub.Configuration;
using LlmPlatform.Hub.Gguf;

namespace LlmPlatform.Hub.Architectures;

/// <summary>The settings of a BERT encoder (transformers: <c>BertConfig</c>), checked.</summary>
public sealed record BertConfig
{
    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Layers.</summary>
    public required int NumHiddenLayers { get; init; }

    /// <summary>Heads; they divide the width.</summary>
    public required int NumAttentionHeads { get; init; }

    /// <summary>Width of the feed-forward layer.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Rows of the word embedding.</summary>
    public required int VocabSize { get; init; }

    /// <summary>Rows of the position embedding.</summary>
    public required int MaxPositionEmbeddings { get; init; }

    /// <summary>Rows of the segment embedding.</summary>
    public required int TypeVocabSize { get; init; }

    /// <summary>Epsilon of the norms.</summary>
    public required double LayerNormEps { get; init; }

    /// <summary>Activation of the feed-forward layer, by its name in transformers; gelu is the exact one.</summary>
    public required string HiddenAct { get; init; }

    /// <summary>The id that fills.</summary>
    public int? PadTokenId { get; init; }

    /// <summary>Width of one head.</summary>
    public int HeadDim => HiddenSize / NumAttentionHeads;

    /// <summary>Reads config.json.</summary>
    /// <exception cref="InvalidModelFileException">A key is missing or wrong.</exception>
    public static BertConfig From(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.GetString("model_type") != BertArchitecture.ModelType)
        {
            throw config.Invalid("model_type", BertArchitecture.ModelType);
        }

        if (config.FindString("position_embedding_type", "absolute") != "absolute")
        {
            throw config.Invalid("position_embedding_type", "absolute");
        }

        if (config.GetBoolean("is_decoder", false))
        {
            throw config.Invalid("is_decoder", "false: only encoders are supported");
        }

        int hidden = config.GetInt32("hidden_size", 1, Limits.Width);
        int heads = config.GetInt32("num_attention_heads", 1, Limits.Heads);
        double epsilon = config.FindDouble("layer_norm_eps", 1e-12)!.Value;
        return new BertConfig
        {
            HiddenSize = hidden % heads == 0 ? hidden : throw config.Invalid("hidden_size", $"a multiple of num_attention_heads = {heads}"),
            NumHiddenLayers = config.GetInt32("num_hidden_layers", 1, Limits.Layers),
            NumAttentionHeads = heads,
            IntermediateSize = config.GetInt32("intermediate_size", 1, Limits.Width),
            VocabSize = config.GetInt32("vocab_size", 1, Limits.Vocabulary),
            MaxPositionEmbeddings = config.GetInt32("max_position_embeddings", 1, Limits.Vocabulary),
            TypeVocabSize = config.FindInt32("type_vocab_size", 2, 1, Limits.Vocabulary)!.Value,
            LayerNormEps = epsilon >= 0 ? epsilon : throw config.Invalid("layer_norm_eps", "a number that is not negative"),
            HiddenAct = config.FindString("hidden_act", "gelu")!,
            PadTokenId = config.FindInt32("pad_token_id", min: -1),
        };
    }

    /// <summary>Reads the metadata of a GGUF file.</summary>
    /// <exception cref="InvalidModelFileException">A key is missing or wrong.</exception>
    public static BertConfig From(GgufFile file) => From(GgufConfig.Read(file));
}
