namespace LlmPlatform.Training.Data;

/// <summary>Puts rows of supervised fine-tuning into batches.</summary>
/// <param name="padId">What fills rows up.</param>
/// <param name="padToMultipleOf">Lengths are rounded up to a multiple of this.</param>
/// <param name="paddingFree">Whether all rows become one without padding; packed rows always do.</param>
public sealed class SftCollator(int padId, int padToMultipleOf = 1, bool paddingFree = false)
{
    /// <summary>
    /// Makes a batch: rows filled up on the right, or one flat row in which the first label of every sequence is not in the
    /// loss, since there is nothing before it.
    /// </summary>
    /// <param name="rows">At least one.</param>
    public SftBatch Collate(IReadOnlyList<SftExample> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfZero(rows.Count, nameof(rows));
        return paddingFree || rows[0].SequenceLengths is not null ? Flatten(rows) : Pad(rows);
    }

    private SftBatch Pad(IReadOnlyList<SftExample> rows)
    {
        PaddedIds ids = PaddedIds.Pad([.. rows.Select(row => row.InputIds)], padId, padToMultipleOf);
        return new SftBatch
        {
            Rows = ids.Rows,
            Length = ids.Length,
            InputIds = ids.InputIds,
            AttentionMask = ids.AttentionMask,
            Labels = PaddedIds.Fill([.. rows.Select(row => row.Labels)], ids.Length, SftExample.Ignored),
        };
    }

    private static SftBatch Flatten(IReadOnlyList<SftExample> rows)
    {
        int[] lengths = [.. rows.SelectMany(row => row.SequenceLengths ?? [row.InputIds.Length])];
        int[] starts = new int[lengths.Length + 1];
        long[] labels = [.. rows.SelectMany(row => row.Labels).Select(label => (long)label)];
        long[] positions = new long[labels.Length];
        for (int i = 0; i < lengths.Length; i++)
        {
            starts[i + 1] = starts[i] + lengths[i];
            if (lengths[i] > 0)
            {
                labels[starts[i]] = SftExample.Ignored;
            }

            for (int j = 0; j < lengths[i]; j++)
            {
                positions[starts[i] + j] = j;
            }
        }

        return new SftBatch
        {
            Rows = 1,
            Length = labels.Length,
            InputIds = [.. rows.SelectMany(row => row.InputIds).Select(id => (long)id)],
            Labels = labels,
            PositionIds = positions,
            SequenceStarts = starts,
        };
    }
}
