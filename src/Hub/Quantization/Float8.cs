namespace LlmPlatform.Hub.Quantization;

/// <summary>The 8-bit floats: a table of 256 values each. Source: OCP 8-bit floating point specification.</summary>
internal static class Float8
{
    public static readonly float[] E4M3 = Table(code => (code & 0x7f) == 0x7f ? float.NaN : Value(code, mantissaBits: 3, bias: 7));

    public static readonly float[] E5M2 = Table(code => (code & 0x7c) != 0x7c
        ? Value(code, mantissaBits: 2, bias: 15)
        : (code & 3) != 0 ? float.NaN : code > 0x7f ? float.NegativeInfinity : float.PositiveInfinity);

    public static readonly float[] E8M0 = Table(code => code == 0xff ? float.NaN : MathF.ScaleB(1, code - 127));

    public static readonly float[] E4M3Fnuz = Table(code => code == 0x80 ? float.NaN : Value(code, mantissaBits: 3, bias: 8));

    public static readonly float[] E5M2Fnuz = Table(code => code == 0x80 ? float.NaN : Value(code, mantissaBits: 2, bias: 16));

    public static void Convert(float[] table, ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (int i = 0; i < source.Length; i++)
        {
            destination[i] = table[source[i]];
        }
    }

    private static float[] Table(Func<int, float> value) => [.. Enumerable.Range(0, 256).Select(value)];

    private static float Value(int code, int mantissaBits, int bias)
    {
        int exponent = (code & 0x7f) >> mantissaBits;
        int mantissa = code & ((1 << mantissaBits) - 1);
        float magnitude = exponent == 0
            ? MathF.ScaleB(mantissa, 1 - bias - mantissaBits)
            : MathF.ScaleB(mantissa + (1 << mantissaBits), exponent - bias - mantissaBits);
        return code > 0x7f ? -magnitude : magnitude;
    }
}
