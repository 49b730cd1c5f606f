using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LlmPlatform.Hub.Quantization;

/// <summary>Widening of numbers that .NET has no type for.</summary>
internal static class PlainNumbers
{
    /// <summary>The 16 bits are the upper half of the single.</summary>
    public static void BFloat16(ReadOnlySpan<byte> source, Span<float> destination)
    {
        ReadOnlySpan<ushort> values = MemoryMarshal.Cast<byte, ushort>(source);
        int i = 0;
        for (; i <= values.Length - Vector128<ushort>.Count; i += Vector128<ushort>.Count)
        {
            (Vector128<uint> lower, Vector128<uint> upper) = Vector128.Widen(Vector128.Create(values[i..]));
            (lower << 16).AsSingle().CopyTo(destination[i..]);
            (upper << 16).AsSingle().CopyTo(destination[(i + Vector128<uint>.Count)..]);
        }

        for (; i < values.Length; i++)
        {
            destination[i] = BitConverter.UInt32BitsToSingle((uint)values[i] << 16);
        }
    }
}
