using System.Runtime.CompilerServices;
using LlmPlatform.Inference.Kernels.Simd;

namespace LlmPlatform.Inference.Kernels.Formats;

/// <summary>bfloat16: the upper halves of singles.</summary>
internal readonly unsafe struct BF16Format : IWeightFormat
{
    public static int BlockBytes => 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ReadScales<TSimd, TVector>(byte* block, out TVector scale, out TVector minimum)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        scale = TSimd.Zero;
        minimum = TSimd.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Decode<TSimd, TVector>(byte* block, int index, TVector scale, TVector minimum)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
        => TSimd.FromBFloat16((ushort*)block + index);
}
