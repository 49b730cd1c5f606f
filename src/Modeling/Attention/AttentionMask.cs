namespace LlmPlatform.Modeling.Attention;

/// <summary>Which keys a query sees.</summary>
/// <param name="Additive">
/// Added to the scores, [batch or 1, 1, query, key]: 0, or the least number of the dtype (not minus infinity, so that a row
/// that sees nothing becomes a mean and not NaN); null where <paramref name="Causal"/> says all.
/// </param>
/// <param name="Causal">Without <paramref name="Additive"/>: each sees itself and those before it; else all see all.</param>
internal sealed record AttentionMask(Tensor? Additive, bool Causal)
{
    /// <summary>Each token sees itself and the tokens of its text before it.</summary>
    /// <exception cref="ArgumentException">Packed texts without positions: where they begin cannot be told.</exception>
    public static AttentionMask ForDecoder(ModelInput input, Tensor positions, ScalarType dtype)
    {
        if (input is { PackedSequences: true, PositionIds: null })
        {
            throw new ArgumentException("packed texts need position_ids that begin again at each", nameof(input));
        }

        Tensor? padding = Padding(input);
        if (padding is null && !input.PackedSequences)
        {
            return new AttentionMask(null, Causal: true);
        }

        Tensor allowed = CausalOf(input.InputIds);
        if (padding is not null)
        {
            allowed = allowed & padding;
        }

        if (input.PackedSequences)
        {
            // A text begins where positions do not go on.
            Tensor begins = positions.narrow(1, 1, positions.shape[1] - 1) - positions.narrow(1, 0, positions.shape[1] - 1) != 1;
            Tensor texts = nn.functional.pad(begins.to(ScalarType.Int64).cumsum(1), [1, 0]);
            allowed = allowed & (texts.unsqueeze(-1) == texts.unsqueeze(-2)).unsqueeze(1);
        }

        return new AttentionMask(Add(allowed, dtype), Causal: false);
    }

    /// <summary>Each token sees all tokens of its row.</summary>
    /// <exception cref="ArgumentException">Packed texts.</exception>
    public static AttentionMask ForEncoder(ModelInput input, ScalarType dtype) => !input.PackedSequences
        ? new AttentionMask(Padding(input) is { } padding ? Add(padding, dtype) : null, Causal: false)
        : throw new ArgumentException("an encoder reads a text a row, not packed ones", nameof(input));

    /// <summary>The same as a tensor to add, for sequences of so many tokens; null where all see all.</summary>
    public Tensor? AsAdditive(long length, ScalarType dtype, Device device) =>
        Additive is null && Causal ? Add(LowerTriangle(length, device), dtype) : Additive;

    // [batch, 1, 1, key], or null where there is no padding.
    private static Tensor? Padding(ModelInput input)
    {
        if (input.AttentionMask is null)
        {
            return null;
        }

        Tensor tokens = input.AttentionMask != 0;
        return tokens.all().item<bool>() ? null : tokens.unsqueeze(1).unsqueeze(1);
    }

    private static Tensor CausalOf(Tensor ids) => LowerTriangle(ids.shape[1], ids.device);

    private static Tensor LowerTriangle(long length, Device device) =>
        ones([1, 1, length, length], dtype: ScalarType.Bool, device: device).tril();

    private static Tensor Add(Tensor allowed, ScalarType dtype) =>
        zeros(allowed.shape, dtype: dtype, device: allowed.device).masked_fill(allowed.logical_not(), Least(dtype));

    private static double Least(ScalarType dtype) => finfo(dtype).min;
}
