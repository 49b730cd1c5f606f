namespace LlmPlatform.Modeling;

/// <summary>What a network reads. All tensors are int64 [batch, sequence]; the caller keeps and disposes of them.</summary>
/// <param name="InputIds">Token ids.</param>
/// <param name="AttentionMask">1 = token, 0 = padding on either side; null = all are tokens.</param>
/// <param name="PositionIds">
/// Positions; null = 0, 1, 2 ... whatever the mask. With padding on the left pass <see cref="PositionsOf"/>.
/// </param>
/// <param name="TokenTypeIds">Segments, for encoders; null = all 0.</param>
/// <param name="PackedSequences">
/// Rows hold several texts one after the other: <paramref name="PositionIds"/> begin again at each and none sees another.
/// </param>
public sealed record ModelInput(
    Tensor InputIds,
    Tensor? AttentionMask = null,
    Tensor? PositionIds = null,
    Tensor? TokenTypeIds = null,
    bool PackedSequences = false)
{
    /// <summary>Positions that count the tokens of <paramref name="attentionMask"/> [batch, sequence]; 0 on padding.</summary>
    public static Tensor PositionsOf(Tensor attentionMask)
    {
        ArgumentNullException.ThrowIfNull(attentionMask);
        using Tensor counted = attentionMask.cumsum(1);
        using Tensor positions = counted - 1;
        return positions.clamp_min(0);
    }
}
