namespace LlmPlatform.Training.Data;

/// <summary>Rows of supervised fine-tuning as a model takes them: filled up, or all in one row without padding.</summary>
public sealed record SftBatch
{
    /// <summary>Rows; 1 for a batch without padding.</summary>
    public required int Rows { get; init; }

    /// <summary>Tokens of a row.</summary>
    public required int Length { get; init; }

    /// <summary>Tokens, [<see cref="Rows"/>, <see cref="Length"/>].</summary>
    public required long[] InputIds { get; init; }

    /// <summary>What is learnt, -100 elsewhere, [<see cref="Rows"/>, <see cref="Length"/>].</summary>
    public required long[] Labels { get; init; }

    /// <summary>1 for tokens, 0 for padding, [<see cref="Rows"/>, <see cref="Length"/>]; null for a batch without padding.</summary>
    public long[]? AttentionMask { get; init; }

    /// <summary>For a batch without padding: positions, from 0 anew in every sequence, [1, <see cref="Length"/>].</summary>
    public long[]? PositionIds { get; init; }

    /// <summary>For a batch without padding: where sequences begin, and the end (<c>cu_seq_lens</c>).</summary>
    public int[]? SequenceStarts { get; init; }

    /// <summary>Labels in the loss of a causal model: those of every position but a row's first.</summary>
    public long CountedLabels
    {
        get
        {
            long count = 0;
            for (int i = 0; i < Labels.Length; i++)
            {
                count += i % Length != 0 && Labels[i] != SftExample.Ignored ? 1 : 0;
            }

            return count;
        }
    }

    /// <summary>Tokens that are attended to.</summary>
    public long Tokens => AttentionMask?.Sum() ?? InputIds.Length;
}
