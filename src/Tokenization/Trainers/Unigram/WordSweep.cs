namespace LlmPlatform.Tokenization.Trainers;

/// <summary>
/// Adds up something by piece over all words, on several threads. Words are always divided into the same parts, whose sums
/// are added in order: the result is the same to the last bit, whatever the number of threads.
/// </summary>
internal sealed class WordSweep(WordText text, int threads)
{
    private const int Parts = 8;

    private readonly double[][] _sums = new double[Parts][];

    /// <summary>Adds one word to the sums.</summary>
    public delegate void AddWord(PieceLattice lattice, ReadOnlySpan<int> word, double count, double[] sums);

    public double[] Sum(PieceFinder finder, AddWord add, CancellationToken cancellationToken)
    {
        int size = finder.Scores.Length;
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        Parallel.For(0, Parts, options, part =>
        {
            double[] sums = _sums[part];
            if (sums is null || sums.Length < size)
            {
                _sums[part] = sums = new double[size];
            }

            Array.Clear(sums, 0, size);
            var lattice = new PieceLattice(finder);
            int end = (int)((long)text.Words.Length * (part + 1) / Parts);
            for (int word = (int)((long)text.Words.Length * part / Parts); word < end; word++)
            {
                add(lattice, text.Of(text.Words[word]), text.Counts[word], sums);
                if (word % 4096 == 0)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }
            }
        });
        double[] total = new double[size];
        foreach (double[] sums in _sums)
        {
            for (int id = 0; id < size; id++)
            {
                total[id] += sums[id];
            }
        }

        return total;
    }
}
