using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using LlmPlatform.Tokenization.Normalizers;
using LlmPlatform.Tokenization.PreTokenizers;
using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Trainers;

/// <summary>
/// Normalizes and splits texts into words and counts them, on several threads. Texts are taken in batches as threads are
/// ready for them, so that only a few are in memory at a time, whatever their number.
/// </summary>
internal sealed class WordCounter(TokenizerParts parts, int threads)
{
    private const int BatchTexts = 1024;
    private const int BatchCharacters = 1 << 18;

    private readonly INormalizer? _normalizer = parts.ReadNormalizer();
    private readonly IPreTokenizer? _preTokenizer = parts.ReadPreTokenizer();

    public WordCounts Count(IEnumerable<string> texts, IProgress<TrainerProgress>? progress, CancellationToken cancellationToken)
    {
        Dictionary<string, long> counts = [];
        object merging = new();
        long done = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        try
        {
            Parallel.ForEach(
                Partitioner.Create(Batches(texts), EnumerablePartitionerOptions.NoBuffering),
                options,
                () => new Worker(_normalizer, _preTokenizer),
                (batch, _, worker) =>
                {
                    foreach (string text in batch)
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        worker.Add(text);
                    }

                    progress?.Report(new TrainerProgress(TrainerStage.CountWords, Interlocked.Add(ref done, batch.Count), null));
                    return worker;
                },
                worker =>
                {
                    lock (merging)
                    {
                        counts = Merge(counts, worker.Counts);
                    }
                });
        }
        catch (AggregateException error)
        {
            ExceptionDispatchInfo.Throw(error.Flatten().InnerExceptions[0]);
        }

        return new WordCounts(counts);
    }

    private static IEnumerable<List<string>> Batches(IEnumerable<string> texts)
    {
        List<string> batch = [];
        int characters = 0;
        foreach (string text in texts)
        {
            batch.Add(text ?? throw new ArgumentException("One of the texts is null.", nameof(texts)));
            characters += text.Length;
            if (batch.Count == BatchTexts || characters >= BatchCharacters)
            {
                yield return batch;
                batch = [];
                characters = 0;
            }
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    private static Dictionary<string, long> Merge(Dictionary<string, long> all, Dictionary<string, long> more)
    {
        if (all.Count < more.Count)
        {
            (all, more) = (more, all);
        }

        foreach ((string word, long count) in more)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(all, word, out _) += count;
        }

        return all;
    }

    // What one thread has counted, and its buffers.
    private sealed class Worker
    {
        private readonly INormalizer? _normalizer;
        private readonly IPreTokenizer? _preTokenizer;
        private readonly AlignedText _section;
        private readonly PreTokenizedText _preTokenized;
        private readonly List<int> _codePoints = [];
        private readonly Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> _lookup;
        private char[] _word = new char[256];

        public Worker(INormalizer? normalizer, IPreTokenizer? preTokenizer)
        {
            _normalizer = normalizer;
            _preTokenizer = preTokenizer;
            bool tracksOrigins = preTokenizer?.NeedsOrigins ?? false;
            _section = new AlignedText(tracksOrigins);
            _preTokenized = new PreTokenizedText(tracksOrigins);
            _lookup = Counts.GetAlternateLookup<ReadOnlySpan<char>>();
        }

        public Dictionary<string, long> Counts { get; } = new(StringComparer.Ordinal);

        public void Add(string text)
        {
            _codePoints.Clear();
            CodePoints.Decode(text, _codePoints);
            _section.Load(CollectionsMarshal.AsSpan(_codePoints), 0);
            _normalizer?.Normalize(_section);
            _preTokenized.Clear();
            _preTokenized.Text.Append(_section);
            _preTokenized.AddSplit(0, _preTokenized.Text.Count, -1);
            _preTokenizer?.PreTokenize(_preTokenized);
            foreach (Split split in _preTokenized.Splits)
            {
                int length = split.End - split.Start;
                if (_word.Length < 2 * length)
                {
                    _word = new char[4 * length];
                }

                int units = CodePoints.Encode(_preTokenized.Text.CodePoints[split.Start..split.End], _word);
                CollectionsMarshal.GetValueRefOrAddDefault(_lookup, _word.AsSpan(0, units), out _)++;
            }
        }
    }
}
