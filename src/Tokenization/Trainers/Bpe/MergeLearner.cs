using System.Runtime.InteropServices;

namespace LlmPlatform.Tokenization.Trainers;

/// <summary>Learns merges from counted words; what BPE and WordPiece have in common.</summary>
internal sealed class MergeLearner(BpeTrainerOptions options)
{
    private const int ReportEvery = 256;

    private readonly SymbolTable _symbols = new();
    private readonly Dictionary<long, long> _counts = [];
    private readonly PairQueue _queue = new();
    private readonly Dictionary<long, List<int>> _found = [];

    public LearnedMerges Learn(WordCounts counted, IProgress<TrainerProgress>? progress, CancellationToken cancellationToken)
    {
        _symbols.AddAlphabet(counted, options);
        var words = new WordTable(counted, _symbols, options);
        CountPairs(words, progress, cancellationToken);
        var merges = new List<(int, int)>();
        var changes = new List<PairChange>();
        while (_symbols.Count < options.VocabSize && _queue.TryTake(out long pair, out long count, out List<int> positions))
        {
            cancellationToken.ThrowIfCancellationRequested();
            long current = _counts[pair];
            if (count != current)
            {
                _queue.Add(pair, current, positions);
                continue;
            }

            if (count < Math.Max(1, options.MinFrequency))
            {
                break;
            }

            (int left, int right) = Pairs.Parts(pair);
            int merged = _symbols.Add(
                _symbols.Pieces[left] + WithoutPrefix(_symbols.Pieces[right]),
                _symbols.Length(left) + _symbols.Length(right));
            merges.Add((left, right));
            changes.Clear();
            foreach (int word in positions)
            {
                words.Merge(word, left, right, merged, changes);
            }

            Apply(changes, words);
            if (merges.Count % ReportEvery == 0)
            {
                progress?.Report(new TrainerProgress(TrainerStage.Merge, _symbols.Count, options.VocabSize));
            }
        }

        progress?.Report(new TrainerProgress(TrainerStage.Merge, _symbols.Count, options.VocabSize));
        return new LearnedMerges(_symbols.Pieces, _symbols.Ids, LastOfEach(merges));
    }

    private void CountPairs(WordTable words, IProgress<TrainerProgress>? progress, CancellationToken cancellationToken)
    {
        for (int word = 0; word < words.Count; word++)
        {
            ReadOnlySpan<int> symbols = words.Word(word);
            for (int i = 1; i < symbols.Length; i++)
            {
                long pair = Pairs.Of(symbols[i - 1], symbols[i]);
                CollectionsMarshal.GetValueRefOrAddDefault(_counts, pair, out _) += words.Counts[word];
                Found(pair, word);
            }

            if (word % (1 << 16) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress?.Report(new TrainerProgress(TrainerStage.CountPairs, word, words.Count));
            }
        }

        // What follows finds few pairs at a time, and clearing a table costs what its size is.
        QueueFound();
        _found.TrimExcess();
    }

    private void Apply(List<PairChange> changes, WordTable words)
    {
        foreach (PairChange change in changes)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_counts, change.Pair, out _) += change.Change * words.Counts[change.Word];
            if (change.Change > 0)
            {
                Found(change.Pair, change.Word);
            }
        }

        QueueFound();
    }

    // Pairs are found word by word, so that a word found twice was found just before.
    private void Found(long pair, int word)
    {
        ref List<int>? positions = ref CollectionsMarshal.GetValueRefOrAddDefault(_found, pair, out _);
        positions ??= [];
        if (positions.Count == 0 || positions[^1] != word)
        {
            positions.Add(word);
        }
    }

    private void QueueFound()
    {
        foreach ((long pair, List<int> positions) in _found)
        {
            if (_counts[pair] > 0)
            {
                _queue.Add(pair, _counts[pair], positions);
            }
        }

        _found.Clear();
    }

    private string WithoutPrefix(string piece) =>
        options.ContinuingSubwordPrefix is string prefix && piece.StartsWith(prefix, StringComparison.Ordinal)
            ? piece[prefix.Length..]
            : piece;

    // A token can arise in two ways, and a pair with it can then be merged at two times: the later one is its rank.
    private static List<(int, int)> LastOfEach(List<(int, int)> merges)
    {
        var seen = new HashSet<(int, int)>();
        var kept = new List<(int, int)>(merges.Count);
        for (int i = merges.Count - 1; i >= 0; i--)
        {
            if (seen.Add(merges[i]))
            {
                kept.Add(merges[i]);
            }
        }

        kept.Reverse();
        return kept;
    }
}
