namespace LlmPlatform.Hub.Tensors;

/// <summary>
/// How the numbers of a tensor are stored: the types of safetensors (their names there, without underscores that would
/// hide the format) and of ggml. Types of ggml keep ggml's names.
/// </summary>
public enum TensorType
{
    /// <summary>IEEE single.</summary>
    F32,

    /// <summary>IEEE half.</summary>
    F16,

    /// <summary>The upper half of a single.</summary>
    BF16,

    /// <summary>IEEE double.</summary>
    F64,

    /// <summary>Signed byte.</summary>
    I8,

    /// <summary>Unsigned byte.</summary>
    U8,

    /// <summary>Signed, 16 bits.</summary>
    I16,

    /// <summary>Unsigned, 16 bits.</summary>
    U16,

    /// <summary>Signed, 32 bits.</summary>
    I32,

    /// <summary>Unsigned, 32 bits.</summary>
    U32,

    /// <summary>Signed, 64 bits.</summary>
    I64,

    /// <summary>Unsigned, 64 bits.</summary>
    U64,

    /// <summary>One byte, 0 or 1.</summary>
    Bool,

    /// <summary>Two singles: real and imaginary part.</summary>
    C64,

    /// <summary>8 bits: 4 exponent, 3 mantissa; no infinity (safetensors <c>F8_E4M3</c>).</summary>
    F8E4M3,

    /// <summary>8 bits: 5 exponent, 2 mantissa (safetensors <c>F8_E5M2</c>).</summary>
    F8E5M2,

    /// <summary>8 bits of exponent: 2^(e - 127) (safetensors <c>F8_E8M0</c>).</summary>
    F8E8M0,

    /// <summary>As <see cref="F8E4M3"/> with one zero, bias 8 (safetensors <c>F8_E4M3FNUZ</c>).</summary>
    F8E4M3Fnuz,

    /// <summary>As <see cref="F8E5M2"/> with one zero, bias 16 (safetensors <c>F8_E5M2FNUZ</c>).</summary>
    F8E5M2Fnuz,

    /// <summary>6 bits: 2 exponent, 3 mantissa, packed (safetensors <c>F6_E2M3</c>).</summary>
    F6E2M3,

    /// <summary>6 bits: 3 exponent, 2 mantissa, packed (safetensors <c>F6_E3M2</c>).</summary>
    F6E3M2,

    /// <summary>4 bits, two in a byte (safetensors <c>F4</c>).</summary>
    F4,

    /// <summary>32 values: half scale, 4 bits each, minus 8.</summary>
    Q4_0,

    /// <summary>32 values: half scale, half minimum, 4 bits each.</summary>
    Q4_1,

    /// <summary>32 values: half scale, 5 bits each, minus 16.</summary>
    Q5_0,

    /// <summary>32 values: half scale, half minimum, 5 bits each.</summary>
    Q5_1,

    /// <summary>32 values: half scale, 8 bits each.</summary>
    Q8_0,

    /// <summary>32 values: half scale, half sum, 8 bits each. Only for activations.</summary>
    Q8_1,

    /// <summary>256 values of 2 bits, scales and minima of 4 bits.</summary>
    Q2_K,

    /// <summary>256 values of 3 bits, scales of 6 bits.</summary>
    Q3_K,

    /// <summary>256 values of 4 bits, scales and minima of 6 bits.</summary>
    Q4_K,

    /// <summary>256 values of 5 bits, scales and minima of 6 bits.</summary>
    Q5_K,

    /// <summary>256 values of 6 bits, scales of 8 bits.</summary>
    Q6_K,

    /// <summary>256 values of 8 bits, single scale. Only for activations.</summary>
    Q8_K,

    /// <summary>256 values of about 2 bits, by a lattice.</summary>
    IQ2_XXS,

    /// <summary>256 values of about 2 bits, by a lattice.</summary>
    IQ2_XS,

    /// <summary>256 values of about 2 bits, by a lattice.</summary>
    IQ2_S,

    /// <summary>256 values of about 3 bits, by a lattice.</summary>
    IQ3_XXS,

    /// <summary>256 values of about 3 bits, by a lattice.</summary>
    IQ3_S,

    /// <summary>256 values of about 1.5 bits, by a lattice.</summary>
    IQ1_S,

    /// <summary>256 values of about 1.75 bits, by a lattice.</summary>
    IQ1_M,

    /// <summary>32 values: half scale, 4 bits each into a table of 16.</summary>
    IQ4_NL,

    /// <summary>256 values: scales of 6 bits, 4 bits each into a table of 16.</summary>
    IQ4_XS,

    /// <summary>256 values of -1, 0, 1, five in a byte.</summary>
    TQ1_0,

    /// <summary>256 values of -1, 0, 1, four in a byte.</summary>
    TQ2_0,

    /// <summary>32 values of 4-bit floats with a power of two as their scale.</summary>
    MXFP4,

    /// <summary>64 values of 4-bit floats, each 16 with an unsigned E4M3 scale.</summary>
    NVFP4,
}
