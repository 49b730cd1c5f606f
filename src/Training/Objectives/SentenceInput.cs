using LlmPlatform.Modeling;
using LlmPlatform.Training.Data;

namespace LlmPlatform.Training.Objectives;

/// <summary>Texts as vectors.</summary>
internal static class SentenceInput
{
    // A row joins a group when at most a third of it is padding there.
    private const double LeastFilled = 2.0 / 3;

    /// <summary>
    /// [rows, dimensions], at least float32. Rows of alike length go through the network together, cut to the longest of them: a
    /// row's vector does not depend on its neighbours, and one long text among short ones would have all of them computed at
    /// its length.
    /// </summary>
    public static Tensor Vectors(SentenceEmbeddingModel model, PaddedIds texts)
    {
        int[] lengths = [.. Enumerable.Range(0, texts.Rows).Select(row => texts.AttentionMask.AsSpan(row * texts.Length, texts.Length).LastIndexOf(1) + 1)];
        IReadOnlyList<int[]> groups = Groups(lengths);
        if (groups.Count == 1)
        {
            return Vectors(model, texts, groups[0], texts.Length);
        }

        Tensor vectors = cat([.. groups.Select(group => Vectors(model, texts, group, lengths[group[0]]))]);
        long[] places = new long[texts.Rows];
        foreach ((int row, int place) in groups.SelectMany(group => group).Select((row, place) => (row, place)))
        {
            places[row] = place;
        }

        return vectors.index_select(0, tensor(places));
    }

    /// <summary>Rows by length: each group's first is its longest. One group where all are alike.</summary>
    internal static IReadOnlyList<int[]> Groups(IReadOnlyList<int> lengths)
    {
        if (lengths.Min() >= LeastFilled * lengths.Max())
        {
            return [[.. Enumerable.Range(0, lengths.Count)]];
        }

        List<List<int>> groups = [];
        foreach (int row in Enumerable.Range(0, lengths.Count).OrderByDescending(row => lengths[row]))
        {
            if (groups.Count > 0 && lengths[row] >= LeastFilled * lengths[groups[^1][0]])
            {
                groups[^1].Add(row);
            }
            else
            {
                groups.Add([row]);
            }
        }

        return [.. groups.Select(group => group.ToArray())];
    }

    private static Tensor Vectors(SentenceEmbeddingModel model, PaddedIds texts, int[] rows, int length)
    {
        long[] shape = [rows.Length, length];
        Tensor vectors = model.Forward(new ModelInput(tensor(Cut(texts.InputIds), shape), tensor(Cut(texts.AttentionMask), shape)));
        return vectors.dtype == ScalarType.Float64 ? vectors : vectors.to(ScalarType.Float32);

        long[] Cut(long[] values) => [.. rows.SelectMany(row => values.AsSpan(row * texts.Length, length).ToArray())];
    }
}
