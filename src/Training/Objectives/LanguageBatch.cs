using LlmPlatform.Modeling;
using LlmPlatform.Training.Data;

namespace LlmPlatform.Training.Objectives;

/// <summary>Rows of a language model with their labels, [rows, length] each.</summary>
/// <param name="Rows">How many.</param>
/// <param name="Length">Tokens of a row.</param>
/// <param name="InputIds">Tokens.</param>
/// <param name="Labels">What is learnt, -100 elsewhere.</param>
/// <param name="AttentionMask">1 for tokens, 0 for padding; null: all are tokens.</param>
/// <param name="PositionIds">For packed rows: positions, from 0 anew in every text; null otherwise.</param>
/// <param name="TokenTypeIds">Segments; null: all 0.</param>
public sealed record LanguageBatch(
    int Rows, int Length, long[] InputIds, long[] Labels, long[]? AttentionMask = null, long[]? PositionIds = null, long[]? TokenTypeIds = null)
{
    /// <summary>Tokens that are attended to.</summary>
    public long Tokens => AttentionMask?.Sum() ?? InputIds.Length;

    /// <summary>Rows of supervised fine-tuning.</summary>
    public static LanguageBatch From(SftBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return new LanguageBatch(batch.Rows, batch.Length, batch.InputIds, batch.Labels, batch.AttentionMask, batch.PositionIds);
    }

    /// <summary>Texts with hidden tokens.</summary>
    public static LanguageBatch From(MaskedLmBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return new LanguageBatch(batch.Rows, batch.Length, batch.InputIds, batch.Labels, batch.AttentionMask, TokenTypeIds: batch.TokenTypeIds);
    }

    /// <summary>Texts of which every token is learnt.</summary>
    public static LanguageBatch From(IReadOnlyList<TextExample> rows, int padId)
    {
        PaddedIds ids = PaddedIds.Pad([.. rows.Select(row => row.InputIds)], padId);
        long[] labels = [.. ids.InputIds.Select((id, i) => ids.AttentionMask[i] == 1 ? id : SftExample.Ignored)];
        return new LanguageBatch(ids.Rows, ids.Length, ids.InputIds, labels, ids.AttentionMask);
    }

    /// <summary>As tensors, in the dispose scope of the caller.</summary>
    public ModelInput ToInput() => new(
        Shaped(InputIds),
        AttentionMask is null ? null : Shaped(AttentionMask),
        PositionIds is null ? null : Shaped(PositionIds),
        TokenTypeIds is null ? null : Shaped(TokenTypeIds),
        PackedSequences: PositionIds is not null);

    private Tensor Shaped(long[] values) => tensor(values, [Rows, Length]);
}
