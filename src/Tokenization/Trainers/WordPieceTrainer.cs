namespace LlmPlatform.Tokenization.Trainers;

/// <summary>
/// Learns a WordPiece vocabulary the way Hugging Face's <c>tokenizers</c> does: by BPE's merging, with a prefix on what
/// continues a word; the model then needs no merges.
/// </summary>
/// <param name="options">How to learn it.</param>
public sealed class WordPieceTrainer(WordPieceTrainerOptions options)
{
    /// <summary>Learns from texts.</summary>
    /// <param name="texts">The texts; they are read once, from several threads one after another.</param>
    /// <param name="parts">Normalizer, pre-tokenizer, post-processor and decoder.</param>
    /// <param name="progress">Told how far it is, from any thread.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ArgumentException">An option is not valid.</exception>
    /// <exception cref="InvalidTokenizerException">A part is not valid.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public TrainedTokenizer Train(
        IEnumerable<string> texts,
        TokenizerParts parts,
        IProgress<TrainerProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(parts);
        options.Validate();
        parts.CheckOthers();
        WordCounts words = new WordCounter(parts, options.Threads).Count(texts, progress, cancellationToken);
        LearnedMerges learned = new MergeLearner(options.ForMerging()).Learn(words, progress, cancellationToken);
        return new TrainedTokenizer(parts, options.SpecialTokens, new TrainedModel(learned.Ids, json => Write(learned, json)));
    }

    private void Write(LearnedMerges learned, HuggingFaceJson json)
    {
        json.BeginObject();
        json.Name("type").String("WordPiece");
        json.Name("unk_token").String(options.UnkToken);
        json.Name("continuing_subword_prefix").String(options.ContinuingSubwordPrefix);
        json.Name("max_input_chars_per_word").Number(options.MaxInputCharsPerWord);
        json.Name("vocab").Vocabulary(learned.Ids);
        json.EndObject();
    }
}
