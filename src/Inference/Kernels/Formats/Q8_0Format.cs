using System.Runtime.CompilerServices;
using LlmPlatform.Inference.Kernels.Simd;

namespace LlmPlatform.Inference.Kernels.Formats;

/// <summary>ggml's Q8_0: half scale, 32 signed bytes.</summary>
internal readonly unsafe struct Q8_0Format : IWeightFormat
{
    public static int BlockBytes => 34;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ReadScales<TSimd, TVector>(byte* block, out TVector scale, out TVector minimum)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        scale = TSimd.Broadcast(HalfNumbers.ReadFinite(block));
        minimum = TSimd.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Decode<TSimd, TVector>(byte* block, int index, TVector scale, TVector minimum)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
        => TSimd.Multiply(TSimd.FromSignedBytes((sbyte*)block + 2 + index), scale);
}
