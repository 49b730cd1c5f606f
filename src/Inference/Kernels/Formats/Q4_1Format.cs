using System.Runtime.CompilerServices;
using LlmPlatform.Inference.Kernels.Simd;

namespace LlmPlatform.Inference.Kernels.Formats;

/// <summary>ggml's Q4_1: half scale, half minimum, 16 bytes; weight i is the low nibble of byte i, weight 16 + i its high nibble.</summary>
internal readonly unsafe struct Q4_1Format : IWeightFormat
{
    public static int BlockBytes => 20;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ReadScales<TSimd, TVector>(byte* block, out TVector scale, out TVector minimum)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        scale = TSimd.Broadcast(HalfNumbers.ReadFinite(block));
        minimum = TSimd.Broadcast(HalfNumbers.ReadFinite(block + 2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Decode<TSimd, TVector>(byte* block, int index, TVector scale, TVector minimum)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
        => TSimd.Add(TSimd.Multiply(index < 16 ? TSimd.FromLowNibbles(block + 4 + index) : TSimd.FromHighNibbles(block + 4 + index - 16), scale), minimum);
}
