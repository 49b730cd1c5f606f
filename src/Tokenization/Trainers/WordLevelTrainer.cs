namespace LlmPlatform.Tokenization.Trainers;

/// <summary>Makes a vocabulary of the most frequent words; equally frequent ones in the order of code points.</summary>
/// <param name="options">How to make it.</param>
public sealed class WordLevelTrainer(WordLevelTrainerOptions options)
{
    /// <summary>Counts the words of texts.</summary>
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
        WordCounts counted = new WordCounter(parts, options.Threads).Count(texts, progress, cancellationToken);
        IEnumerable<string> words = counted.Words.Zip(counted.Counts)
            .Where(entry => entry.Second >= options.MinFrequency)
            .OrderByDescending(entry => entry.Second)
            .ThenBy(entry => entry.First, CodePointOrder.Instance)
            .Select(entry => entry.First);
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        int next = 0;
        foreach (string word in options.SpecialTokens.Concat(words).Take(options.VocabSize))
        {
            // Of a word that is there twice the later id stays.
            ids[word] = next++;
        }

        return new TrainedTokenizer(parts, options.SpecialTokens, new TrainedModel(ids, json => Write(ids, json)));
    }

    private void Write(Dictionary<string, int> ids, HuggingFaceJson json)
    {
        json.BeginObject();
        json.Name("type").String("WordLevel");
        json.Name("vocab").Vocabulary(ids);
        json.Name("unk_token").String(options.UnkToken);
        json.EndObject();
    }
}
