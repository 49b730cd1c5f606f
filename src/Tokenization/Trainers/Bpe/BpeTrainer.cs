namespace LlmPlatform.Tokenization.Trainers;

/// <summary>
/// Learns a BPE vocabulary (Sennrich et al. 2016, arXiv:1508.07909): characters first; then the most frequent pair of
/// neighbouring symbols becomes a symbol, again and again. Of pairs that are equally frequent the one with the smaller ids
/// comes first.
/// </summary>
/// <param name="options">How to learn it.</param>
public sealed class BpeTrainer(BpeTrainerOptions options)
{
    /// <summary>Learns from texts.</summary>
    /// <param name="texts">The texts; they are read once, from several threads one after another.</param>
    /// <param name="parts">Normalizer, pre-tokenizer, post-processor and decoder.</param>
    /// <param name="progress">Told how far it is, from any thread.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The tokenizer, to use or to save.</returns>
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
        LearnedMerges learned = new MergeLearner(options).Learn(words, progress, cancellationToken);
        return new TrainedTokenizer(parts, options.SpecialTokens, new TrainedModel(learned.Ids, json => Write(learned, json)));
    }

    private void Write(LearnedMerges learned, HuggingFaceJson json)
    {
        json.BeginObject();
        json.Name("type").String("BPE");
        json.Name("dropout").Null();
        json.Name("unk_token").String(options.UnkToken);
        json.Name("continuing_subword_prefix").String(options.ContinuingSubwordPrefix);
        json.Name("end_of_word_suffix").String(options.EndOfWordSuffix);
        json.Name("fuse_unk").Boolean(options.FuseUnk);
        json.Name("byte_fallback").Boolean(false);
        json.Name("ignore_merges").Boolean(options.IgnoreMerges);
        json.Name("vocab").Vocabulary(learned.Ids);
        json.Name("merges").BeginArray();
        foreach ((int left, int right) in learned.Merges)
        {
            json.BeginArray();
            json.String(learned.Pieces[left]);
            json.String(learned.Pieces[right]);
            json.EndArray();
        }

        json.EndArray();
        json.EndObject();
    }
}
