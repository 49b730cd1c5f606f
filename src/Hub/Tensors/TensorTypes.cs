namespace LlmPlatform.Hub.Tensors;

/// <summary>Sizes of the <see cref="TensorType"/>s.</summary>
public static class TensorTypes
{
    /// <summary>How many values one block holds; 1 for plain numbers.</summary>
    public static int BlockLength(TensorType type) => Layout(type).Values;

    /// <summary>How many bytes one block takes.</summary>
    public static int BlockBytes(TensorType type) => Layout(type).Bytes;

    /// <summary>Whether <see cref="ITensorFile.ReadFloats"/> can turn the type into floats.</summary>
    public static bool CanReadFloats(TensorType type) => Quantization.Dequantizer.Supports(type);

    /// <summary>The bytes that <paramref name="count"/> values take; a whole number of blocks is required.</summary>
    /// <exception cref="ArgumentException">The values do not fill whole blocks.</exception>
    /// <exception cref="OverflowException">More bytes than a long can count.</exception>
    public static long ByteLength(TensorType type, long count)
    {
        (int values, int bytes) = Layout(type);
        (long blocks, long rest) = Math.DivRem(count, values);
        return rest == 0
            ? checked(blocks * bytes)
            : throw new ArgumentException($"{count} values are not a multiple of the {values} of a {type} block", nameof(count));
    }

    private static (int Values, int Bytes) Layout(TensorType type) => type switch
    {
        TensorType.F32 or TensorType.I32 or TensorType.U32 => (1, 4),
        TensorType.F16 or TensorType.BF16 or TensorType.I16 or TensorType.U16 => (1, 2),
        TensorType.F64 or TensorType.I64 or TensorType.U64 or TensorType.C64 => (1, 8),
        TensorType.I8 or TensorType.U8 or TensorType.Bool => (1, 1),
        TensorType.F8E4M3 or TensorType.F8E5M2 or TensorType.F8E8M0 or TensorType.F8E4M3Fnuz or TensorType.F8E5M2Fnuz => (1, 1),
        TensorType.F6E2M3 or TensorType.F6E3M2 => (4, 3),
        TensorType.F4 => (2, 1),
        TensorType.Q4_0 => (32, 18),
        TensorType.Q4_1 => (32, 20),
        TensorType.Q5_0 => (32, 22),
        TensorType.Q5_1 => (32, 24),
        TensorType.Q8_0 => (32, 34),
        TensorType.Q8_1 => (32, 36),
        TensorType.Q2_K => (256, 84),
        TensorType.Q3_K => (256, 110),
        TensorType.Q4_K => (256, 144),
        TensorType.Q5_K => (256, 176),
        TensorType.Q6_K => (256, 210),
        TensorType.Q8_K => (256, 292),
        TensorType.IQ2_XXS => (256, 66),
        TensorType.IQ2_XS => (256, 74),
        TensorType.IQ2_S => (256, 82),
        TensorType.IQ3_XXS => (256, 98),
        TensorType.IQ3_S => (256, 110),
        TensorType.IQ1_S => (256, 50),
        TensorType.IQ1_M => (256, 56),
        TensorType.IQ4_NL => (32, 18),
        TensorType.IQ4_XS => (256, 136),
        TensorType.TQ1_0 => (256, 54),
        TensorType.TQ2_0 => (256, 66),
        TensorType.MXFP4 => (32, 17),
        TensorType.NVFP4 => (64, 36),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a tensor type"),
    };
}
