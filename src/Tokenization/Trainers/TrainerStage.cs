namespace LlmPlatform.Tokenization.Trainers;

/// <summary>What a trainer is doing.</summary>
public enum TrainerStage
{
    /// <summary>Reads the texts and counts their words; the total is not known.</summary>
    CountWords,

    /// <summary>BPE and WordPiece: counts the pairs of neighbouring symbols, word by word.</summary>
    CountPairs,

    /// <summary>BPE and WordPiece: merges pairs; counted in tokens of the vocabulary.</summary>
    Merge,

    /// <summary>Unigram: finds frequent pieces of words.</summary>
    FindSeeds,

    /// <summary>Unigram: estimates probabilities and drops pieces; the total is an estimate.</summary>
    Estimate,
}
