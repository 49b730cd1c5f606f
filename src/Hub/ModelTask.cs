namespace LlmPlatform.Hub;

/// <summary>What a model is for, as Hugging Face's pipeline tags say it.</summary>
public enum ModelTask
{
    /// <summary>text-generation.</summary>
    TextGeneration,

    /// <summary>feature-extraction: an encoder without further instructions.</summary>
    FeatureExtraction,

    /// <summary>sentence-similarity: an encoder with the files of sentence-transformers.</summary>
    SentenceSimilarity,
}
