using LlmPlatform.Training.Data;

namespace LlmPlatform.Training.Loop;

/// <summary>
/// Which rows each step takes. Every epoch is a permutation that depends on seed and epoch alone, so that the step's number is
/// all that is needed to go on.
/// </summary>
/// <param name="rows">Rows of the data, at least one.</param>
/// <param name="batchSize">Rows of a batch.</param>
/// <param name="accumulation">Batches of a step; the last step of an epoch has what is left.</param>
/// <param name="seed">Of the permutations.</param>
public sealed class DataOrder(int rows, int batchSize, int accumulation, long seed)
{
    private long _epoch = -1;
    private int[] _permutation = [];

    /// <summary>Batches of an epoch.</summary>
    public long BatchesPerEpoch => (rows + (long)batchSize - 1) / batchSize;

    /// <summary>Steps of an epoch.</summary>
    public long StepsPerEpoch => (BatchesPerEpoch + accumulation - 1) / accumulation;

    /// <summary>The batches of a step: each with its number, counted through the training, and its rows.</summary>
    /// <param name="step">From 1.</param>
    public IReadOnlyList<(long Number, int[] Rows)> Window(long step)
    {
        (long epoch, long within) = Math.DivRem(step - 1, StepsPerEpoch);
        if (epoch != _epoch)
        {
            (_epoch, _permutation) = (epoch, Permutation(epoch));
        }

        List<(long, int[])> window = [];
        long end = Math.Min((within + 1) * accumulation, BatchesPerEpoch);
        for (long batch = within * accumulation; batch < end; batch++)
        {
            int start = (int)(batch * batchSize);
            window.Add(((epoch * BatchesPerEpoch) + batch, _permutation[start..Math.Min(start + batchSize, rows)]));
        }

        return window;
    }

    // Fisher and Yates.
    private int[] Permutation(long epoch)
    {
        int[] order = [.. Enumerable.Range(0, rows)];
        SplitMix random = SplitMix.For(seed, epoch);
        for (int i = rows - 1; i > 0; i--)
        {
            int other = random.Next(i + 1);
            (order[i], order[other]) = (order[other], order[i]);
        }

        return order;
    }
}
