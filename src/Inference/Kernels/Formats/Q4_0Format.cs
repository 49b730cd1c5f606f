using System.Runtime.CompilerServices;
using LlmPlatform.Inference.Kernels.Simd;

namespace LlmPlatform.Inference.Kernels.Formats;

/// <summary>ggml's Q4_0: half scale, 16 bytes; weight i is the low nibble of byte i, weight 16 + i its high nibble, both minus 8.</summary>
internal readonly unsafe struct Q4_0Format : IWeightFormat
{
    private const int Quants = 2;

    public static int BlockBytes => 18;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ReadScales<TSimd, TVector>(byte* block, out TVector scale, out TVector minimum)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        scale = TSimd.Broadcast(HalfNumbers.ReadFinite(block));
        // Exact: eight is a power of two.
        minimum = TSimd.Multiply(scale, TSimd.Broadcast(-8));
        if (TSimd.HasTables)
        {
            // All sixteen weights that the block can have; the nibbles look theirs up.
            scale = TSimd.MultiplyAdd(TSimd.Counting, scale, minimum);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Decode<TSimd, TVector>(byte* block, int index, TVector scale, TVector minimum)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        byte* low = block + Quants + index;
        byte* high = low - 16;
        if (TSimd.HasTables)
        {
            return index < 16 ? TSimd.LookUpLowNibbles(low, scale) : TSimd.LookUpHighNibbles(high, scale);
        }

        return TSimd.MultiplyAdd(index < 16 ? TSimd.FromLowNibbles(low) : TSimd.FromHighNibbles(high), scale, minimum);
    }
}
