namespace LlmPlatform.Training.Data;

/// <summary>
/// Puts texts into batches and hides tokens: each that is not special is chosen with the probability asked for; of the chosen
/// 80 % become the mask token, 10 % a random one, 10 % stay. What is drawn depends on the seed and the batch's number alone, so
/// that a training that goes on from a checkpoint hides the same.
/// </summary>
public sealed class MaskedLmCollator(MaskedLmOptions options)
{
    private const double Masked = 0.8;
    private const double MaskedOrRandom = 0.9;

    /// <summary>Makes a batch. Where chance chooses nothing, one token is chosen, since a batch without labels has no loss.</summary>
    /// <param name="rows">At least one.</param>
    /// <param name="number">Counts the batches of the training.</param>
    public MaskedLmBatch Collate(IReadOnlyList<TextExample> rows, long number)
    {
        ArgumentNullException.ThrowIfNull(rows);
        PaddedIds ids = PaddedIds.Pad([.. rows.Select(row => row.InputIds)], options.PadId, options.PadToMultipleOf);
        long[]? types = rows.Any(row => row.TokenTypeIds is not null)
            ? PaddedIds.Fill([.. rows.Select(row => row.TokenTypeIds ?? new int[row.InputIds.Length])], ids.Length, 0)
            : null;
        long[] labels = new long[ids.InputIds.Length];
        Array.Fill(labels, SftExample.Ignored);
        Hide(ids, labels, SplitMix.For(options.Seed, number));
        return new MaskedLmBatch(ids.Rows, ids.Length, ids.InputIds, ids.AttentionMask, types, labels);
    }

    private void Hide(PaddedIds ids, long[] labels, SplitMix random)
    {
        List<int> eligible = [];
        bool any = false;
        for (int i = 0; i < labels.Length; i++)
        {
            if (ids.AttentionMask[i] == 0 || options.SpecialIds.Contains((int)ids.InputIds[i]))
            {
                continue;
            }

            eligible.Add(i);
            if (random.NextDouble() < options.MlmProbability)
            {
                any = true;
                HideOne(ids.InputIds, labels, i, ref random);
            }
        }

        if (!any && eligible.Count > 0 && options.MlmProbability > 0)
        {
            HideOne(ids.InputIds, labels, eligible[random.Next(eligible.Count)], ref random);
        }
    }

    private void HideOne(long[] ids, long[] labels, int at, ref SplitMix random)
    {
        labels[at] = ids[at];
        double draw = random.NextDouble();
        if (draw < Masked)
        {
            ids[at] = options.MaskId;
        }
        else if (draw < MaskedOrRandom)
        {
            ids[at] = random.Next(options.VocabularySize);
        }
    }
}
