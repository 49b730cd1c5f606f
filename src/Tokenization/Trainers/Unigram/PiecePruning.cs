namespace LlmPlatform.Tokenization.Trainers;

/// <summary>
/// Drops the pieces that the texts miss least: those whose place other pieces take at the smallest loss of likelihood,
/// each judged as if it alone went (Kudo 2018, arXiv:1804.10959, 3.2).
/// </summary>
internal sealed class PiecePruning(WordText text, WordSweep sweep, UnigramTrainerOptions options)
{
    private const double Drop = double.NegativeInfinity;
    private const double Keep = double.PositiveInfinity;
    private const int ChunkSize = 1 << 14;

    public PieceScores Prune(PieceScores pieces, CancellationToken cancellationToken)
    {
        var finder = new PieceFinder(text, pieces);
        double[] counts = sweep.Sum(finder, AddBestPath, cancellationToken);
        double[] losses = Losses(pieces, finder, counts, cancellationToken);
        int wanted = Math.Max(UnigramTrainer.DesiredSize(options), (int)(pieces.Count * options.ShrinkingFactor));

        var kept = new PieceScores();
        kept.Add(default, double.NaN);
        for (int id = 1; id < pieces.Count; id++)
        {
            if (losses[id] == Keep)
            {
                kept.Add(pieces.Pieces[id], pieces.Scores[id]);
            }
        }

        IEnumerable<int> candidates = Enumerable.Range(1, pieces.Count - 1)
            .Where(id => losses[id] is not (Keep or Drop))
            .OrderByDescending(id => losses[id]);
        foreach (int id in candidates)
        {
            if (kept.Count == wanted)
            {
                break;
            }

            kept.Add(pieces.Pieces[id], pieces.Scores[id]);
        }

        return kept;
    }

    private static void AddBestPath(PieceLattice lattice, ReadOnlySpan<int> word, double count, double[] sums)
    {
        foreach (int id in lattice.BestPath(word))
        {
            sums[id] += count;
        }
    }

    private double[] Losses(PieceScores pieces, PieceFinder finder, double[] counts, CancellationToken cancellationToken)
    {
        double all = counts.Sum();
        double texts = text.Counts.Sum(count => (double)count);
        double[] losses = new double[pieces.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancellationToken };
        Parallel.For(0, (pieces.Count + ChunkSize - 1) / ChunkSize, parallel, chunk =>
        {
            var lattice = new PieceLattice(finder);
            int end = Math.Min(pieces.Count, (chunk + 1) * ChunkSize);
            for (int id = Math.Max(1, chunk * ChunkSize); id < end; id++)
            {
                losses[id] = Loss(lattice, pieces, id, counts, all) / texts;
            }
        });
        return losses;
    }

    // What goes when a piece is replaced by the best other way to write it, times the number of words.
    private double Loss(PieceLattice lattice, PieceScores pieces, int id, double[] counts, double all)
    {
        double count = counts[id];
        ReadOnlySpan<int> others = lattice.BestOtherPath(text.Of(pieces.Pieces[id]), out double score);
        if (others.IsEmpty)
        {
            return Keep;
        }

        if (score > pieces.Scores[id])
        {
            return count == 0 ? Drop : Keep;
        }

        if (count == 0)
        {
            return Drop;
        }

        // The count goes over to each of the others, and the sum grows: by as many times as there are pieces in all, for
        // so the reference reckons (not by the number of the others, as one would expect).
        double logSum = Math.Log(all + (count * (counts.Length - 1)));
        double logOthers = 0;
        for (int i = others.Length - 1; i >= 0; i--)
        {
            logOthers += Math.Log(counts[others[i]] + count) - logSum;
        }

        return count * (Math.Log(count) - Math.Log(all) - logOthers);
    }
}
