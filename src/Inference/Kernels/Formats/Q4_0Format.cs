using System.Runtime.CompilerServices;
using LlmPlatform.Inference.Kernels.Simd;

namespace LlmPlatform.Inference.Kernels.Formats;

/// <summary>ggml's Q4_0: half scale, 16 bytes; weight i is the low nibble of byte i, weight 16 + i its high nibble, both minus 8.</summary>
internal readonly unsafe struct Q4_0Format : IWeightFormat
{
    public static int BlockBytes => 18;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ReadScales<TSimd, TVector>(byte* block, out TVector scale, out TVector minimum)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        scale = TSimd.Broadcast(HalfNumbers.ReadFinite(block));
        minimum = TSimd.Broadcast(-8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Decode<TSimd, TVector>(byte* block, int index, TVector scale, TVector minimum)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
        => TSimd.Multiply(TSimd.Add(index < 16 ? TSimd.FromLowNibbles(block + 2 + index) : TSimd.FromHighNibbles(block + 2 + index - 16), minimum), scale);
}
