using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Hub.Quantization;

/// <summary>
/// Stored numbers to floats, computed in single precision in the order of ggml's reference (scale * quant, then the
/// minimum), so that the bits are the same. Layouts: ggml-common.h and ggml-quants.c of llama.cpp.
/// </summary>
public static class Dequantizer
{
    /// <summary>Whether <see cref="ToFloats"/> knows the type.</summary>
    public static bool Supports(TensorType type) => type is not (
        TensorType.C64 or TensorType.F4 or TensorType.F6E2M3 or TensorType.F6E3M2 or TensorType.Q8_1 or TensorType.Q8_K
        or TensorType.IQ2_XXS or TensorType.IQ2_XS or TensorType.IQ2_S or TensorType.IQ3_XXS or TensorType.IQ3_S
        or TensorType.IQ1_S or TensorType.IQ1_M);

    /// <summary>Turns whole blocks into floats.</summary>
    /// <param name="type">How the source is stored.</param>
    /// <param name="source">Whole blocks; little-endian numbers.</param>
    /// <param name="destination">A place for each value of the source.</param>
    /// <exception cref="ArgumentException">The lengths do not belong together.</exception>
    /// <exception cref="NotSupportedException">The type cannot be turned into floats.</exception>
    public static void ToFloats(TensorType type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        if (TensorTypes.ByteLength(type, destination.Length) != source.Length)
        {
            throw new ArgumentException($"{source.Length} bytes of {type} are not {destination.Length} values", nameof(destination));
        }

        switch (type)
        {
            case TensorType.F32: MemoryMarshal.Cast<byte, float>(source).CopyTo(destination); break;
            case TensorType.F16: TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(source), destination); break;
            case TensorType.BF16: PlainNumbers.BFloat16(source, destination); break;
            case TensorType.F64: Convert<double>(source, destination); break;
            case TensorType.I8: Convert<sbyte>(source, destination); break;
            case TensorType.U8 or TensorType.Bool: Convert<byte>(source, destination); break;
            case TensorType.I16: Convert<short>(source, destination); break;
            case TensorType.U16: Convert<ushort>(source, destination); break;
            case TensorType.I32: Convert<int>(source, destination); break;
            case TensorType.U32: Convert<uint>(source, destination); break;
            case TensorType.I64: Convert<long>(source, destination); break;
            case TensorType.U64: Convert<ulong>(source, destination); break;
            case TensorType.F8E4M3: Float8.Convert(Float8.E4M3, source, destination); break;
            case TensorType.F8E5M2: Float8.Convert(Float8.E5M2, source, destination); break;
            case TensorType.F8E8M0: Float8.Convert(Float8.E8M0, source, destination); break;
            case TensorType.F8E4M3Fnuz: Float8.Convert(Float8.E4M3Fnuz, source, destination); break;
            case TensorType.F8E5M2Fnuz: Float8.Convert(Float8.E5M2Fnuz, source, destination); break;
            case TensorType.Q4_0: Blocks32.Q4_0(source, destination); break;
            case TensorType.Q4_1: Blocks32.Q4_1(source, destination); break;
            case TensorType.Q5_0: Blocks32.Q5_0(source, destination); break;
            case TensorType.Q5_1: Blocks32.Q5_1(source, destination); break;
            case TensorType.Q8_0: Blocks32.Q8_0(source, destination); break;
            case TensorType.Q2_K: KBlocks.Q2_K(source, destination); break;
            case TensorType.Q3_K: KBlocks.Q3_K(source, destination); break;
            case TensorType.Q4_K: KBlocks.Q4_K(source, destination); break;
            case TensorType.Q5_K: KBlocks.Q5_K(source, destination); break;
            case TensorType.Q6_K: KBlocks.Q6_K(source, destination); break;
            case TensorType.IQ4_NL: TableBlocks.IQ4_NL(source, destination); break;
            case TensorType.IQ4_XS: TableBlocks.IQ4_XS(source, destination); break;
            case TensorType.MXFP4: TableBlocks.MXFP4(source, destination); break;
            case TensorType.NVFP4: TableBlocks.NVFP4(source, destination); break;
            case TensorType.TQ1_0: TernaryBlocks.TQ1_0(source, destination); break;
            case TensorType.TQ2_0: TernaryBlocks.TQ2_0(source, destination); break;
            default: throw new NotSupportedException($"tensor type {type} cannot be turned into floats");
        }
    }

    /// <summary>The half at <paramref name="offset"/>, widened.</summary>
    internal static float HalfAt(ReadOnlySpan<byte> block, int offset) => (float)BinaryPrimitives.ReadHalfLittleEndian(block[offset..]);

    private static void Convert<T>(ReadOnlySpan<byte> source, Span<float> destination)
        where T : unmanaged, System.Numerics.INumber<T> =>
        TensorPrimitives.ConvertTruncating<T, float>(MemoryMarshal.Cast<byte, T>(source), destination);
}
