using LlmPlatform.Training.Data;

namespace LlmPlatform.Training.Objectives;

/// <summary>The places of a batch whose scores are in the loss, so that the head need not be applied to others.</summary>
/// <param name="Places">Indices into the rows one after the other ([rows * length]).</param>
/// <param name="Targets">The token that each is to score.</param>
/// <param name="Rows">The row of each.</param>
internal sealed record CountedTokens(long[] Places, long[] Targets, long[] Rows)
{
    /// <summary>How many.</summary>
    public int Count => Places.Length;

    /// <summary>Each label at its own place (masked language models).</summary>
    public static CountedTokens At(long[] labels, int length) => From(labels, length, first: 0);

    /// <summary>Each label at the place before it (causal language models); a row's first label has none.</summary>
    public static CountedTokens Before(long[] labels, int length) => From(labels, length, first: 1);

    private static CountedTokens From(long[] labels, int length, int first)
    {
        List<long> places = [];
        List<long> targets = [];
        List<long> rows = [];
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] != SftExample.Ignored && i % length >= first)
            {
                places.Add(i - first);
                targets.Add(labels[i]);
                rows.Add(i / length);
            }
        }

        return new CountedTokens([.. places], [.. targets], [.. rows]);
    }
}
