using System.Text;
using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Trainers;

/// <summary>
/// Learns a Unigram vocabulary (Kudo 2018, arXiv:1804.10959): it begins with very many pieces; their probabilities are
/// estimated by expectation maximization, the pieces that matter least are dropped, and so on until few enough are left.
/// </summary>
/// <param name="options">How to learn it.</param>
public sealed class UnigramTrainer(UnigramTrainerOptions options)
{
    // Pieces expected less often than this go at once.
    private const double LeastExpected = 0.5;

    // Characters that are no piece of their own share the least score, each a little more of it.
    private const double MissingCharacterStep = 0.0001;

    // Names the unknown token while learning; no piece of a text may be called so.
    private const string ReservedPiece = "<UNK>";

    /// <summary>Learns from texts.</summary>
    /// <param name="texts">The texts; they are read once, from several threads one after another.</param>
    /// <param name="parts">Normalizer, pre-tokenizer, post-processor and decoder.</param>
    /// <param name="progress">Told how far it is, from any thread.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The tokenizer, to use or to save.</returns>
    /// <exception cref="ArgumentException">An option is not valid.</exception>
    /// <exception cref="InvalidTokenizerException">A part is not valid.</exception>
    /// <exception cref="TokenizationException">There are no words, or more different characters than there is room for.</exception>
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
        int[] required = RequiredCharacters(counted);
        var text = new WordText(counted);
        progress?.Report(new TrainerProgress(TrainerStage.FindSeeds, 0, text.Words.Length));
        PieceScores pieces = Learn(text, SeedPieces.Find(text, options, cancellationToken), progress, cancellationToken);
        List<(string Piece, double Score)> vocabulary = Finish(text, pieces, required);
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int id = 0; id < vocabulary.Count; id++)
        {
            ids[vocabulary[id].Piece] = id;
        }

        return new TrainedTokenizer(parts, options.SpecialTokens, new TrainedModel(ids, json => Write(vocabulary, json)));
    }

    /// <summary>Learning ends with a tenth more pieces than wanted; the rest is cut.</summary>
    internal static int DesiredSize(UnigramTrainerOptions options) => (int)(options.VocabSize * 11L / 10);

    private int[] RequiredCharacters(WordCounts counted)
    {
        HashSet<int> characters = [.. counted.CountCharacters().Keys];
        if (characters.Count == 0)
        {
            throw new TokenizationException("The texts have no words to learn from.");
        }

        foreach (string entry in options.InitialAlphabet)
        {
            characters.UnionWith(entry.EnumerateRunes().Take(1).Select(first => first.Value));
        }

        return characters.Count <= options.VocabSize
            ? [.. characters.Order()]
            : throw new TokenizationException(
                $"The texts have {characters.Count} different characters; a vocabulary of {options.VocabSize} has no room for them.");
    }

    private PieceScores Learn(
        WordText text, PieceScores pieces, IProgress<TrainerProgress>? progress, CancellationToken cancellationToken)
    {
        int desired = DesiredSize(options);
        double rounds = Math.Log((double)desired / pieces.Count) / Math.Log(options.ShrinkingFactor);
        long total = ((long)Math.Max(rounds, 0) + 1) * options.SubIterations;
        long done = 0;
        var sweep = new WordSweep(text, options.Threads);
        var pruning = new PiecePruning(text, sweep, options);
        while (true)
        {
            for (int i = 0; i < options.SubIterations; i++)
            {
                double[] expected = sweep.Sum(new PieceFinder(text, pieces), AddExpected, cancellationToken);
                pieces = Maximize(pieces, expected);
                progress?.Report(new TrainerProgress(TrainerStage.Estimate, ++done, Math.Max(done, total)));
            }

            if (pieces.Count <= desired)
            {
                return pieces;
            }

            int before = pieces.Count;
            pieces = pruning.Prune(pieces, cancellationToken);
            if (pieces.Count == before)
            {
                return pieces;
            }
        }
    }

    private static void AddExpected(PieceLattice lattice, ReadOnlySpan<int> word, double count, double[] sums) =>
        lattice.AddExpected(word, count, sums);

    // A Bayesian M-step with a sparse prior: digamma instead of the logarithm (Liang and Klein 2007).
    private static PieceScores Maximize(PieceScores pieces, double[] expected)
    {
        double sum = 0;
        for (int id = 1; id < pieces.Count; id++)
        {
            sum += expected[id] >= LeastExpected ? expected[id] : 0;
        }

        double logSum = Digamma(sum);
        var kept = new PieceScores();
        kept.Add(default, double.NaN);
        for (int id = 1; id < pieces.Count; id++)
        {
            if (expected[id] >= LeastExpected)
            {
                kept.Add(pieces.Pieces[id], Digamma(expected[id]) - logSum);
            }
        }

        return kept;
    }

    // The recurrence up to 7, then the asymptotic series around x - 1/2.
    private static double Digamma(double x)
    {
        double result = 0;
        for (; x < 7; x++)
        {
            result -= 1 / x;
        }

        x -= 0.5;
        double square = 1 / (x * x);
        double fourth = square * square;
        return result + Math.Log(x) + (square / 24) - (7.0 / 960 * fourth) + (31.0 / 8064 * fourth * square)
            - (127.0 / 30720 * fourth * fourth);
    }

    // All characters, then the pieces that came out first, until there are enough; by score, after the special tokens.
    private List<(string Piece, double Score)> Finish(WordText text, PieceScores pieces, int[] required)
    {
        double least = pieces.Least();
        Dictionary<int, double> characters = [];
        for (int id = 1; id < pieces.Count; id++)
        {
            if (pieces.Pieces[id].Length == 1)
            {
                characters[text.CodePoints[pieces.Pieces[id].Start]] = pieces.Scores[id];
            }
        }

        var chosen = new List<(string Piece, double Score)>();
        int missing = 0;
        foreach (int character in required)
        {
            string piece = new Rune(character).ToString();
            chosen.Add((piece, characters.TryGetValue(character, out double score) ? score : least + (MissingCharacterStep * missing++)));
        }

        List<(string Piece, double Score)> vocabulary = [.. options.SpecialTokens.Select(token => (token, 0.0))];
        if (options.AddsUnkToken)
        {
            vocabulary.Insert(0, (options.UnkToken!, 0));
        }

        int room = options.VocabSize - vocabulary.Count;
        for (int id = 1; id < pieces.Count; id++)
        {
            string piece = CodePoints.Encode(text.Of(pieces.Pieces[id]));
            if (pieces.Pieces[id].Length > 1 && piece != ReservedPiece)
            {
                chosen.Add((piece, pieces.Scores[id]));
                if (chosen.Count == room)
                {
                    break;
                }
            }
        }

        vocabulary.AddRange(chosen.OrderByDescending(entry => entry.Score));
        return vocabulary;
    }

    private void Write(List<(string Piece, double Score)> vocabulary, HuggingFaceJson json)
    {
        int unkId = options.AddsUnkToken ? 0 : options.SpecialTokens.ToList().IndexOf(options.UnkToken!);
        json.BeginObject();
        json.Name("type").String("Unigram");
        json.Name("unk_id");
        if (options.UnkToken is null)
        {
            json.Null();
        }
        else
        {
            json.Number(unkId);
        }

        json.Name("vocab").BeginArray();
        foreach ((string piece, double score) in vocabulary)
        {
            json.BeginArray();
            json.String(piece);
            json.Number(score);
            json.EndArray();
        }

        json.EndArray();
        json.Name("byte_fallback").Boolean(false);
        json.EndObject();
    }
}
