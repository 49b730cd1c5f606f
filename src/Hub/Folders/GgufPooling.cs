using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Gguf;
using LlmPlatform.Hub.SentenceTransformers;

namespace LlmPlatform.Hub.Folders;

/// <summary>What a bert GGUF file without a sentence-transformers folder says about pooling.</summary>
internal static class GgufPooling
{
    private const string PoolingKey = "bert.pooling_type";

    /// <summary>Null for another architecture, and for a file that says no pooling or none at all.</summary>
    public static SentenceTransformersConfig? Read(GgufFile file)
    {
        if (file.Architecture != BertArchitecture.ModelType)
        {
            return null;
        }

        // enum llama_pooling_type: 0 none, 1 mean, 2 cls, 3 last, 4 rank.
        PoolingMode? mode = file.Metadata.FindInt64(PoolingKey) switch
        {
            1 => PoolingMode.Mean,
            2 => PoolingMode.Cls,
            3 => PoolingMode.LastToken,
            _ => null,
        };
        return mode is null ? null : new SentenceTransformersConfig
        {
            Modules = [new SentenceModule("Transformer", ""), new SentenceModule("Pooling", "")],
            PoolingModes = [mode.Value],
            MaxSeqLength = (int?)Math.Min(file.Metadata["bert.context_length"].AsInt64(), int.MaxValue),
        };
    }
}
