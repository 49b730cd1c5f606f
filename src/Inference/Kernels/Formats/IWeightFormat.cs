using LlmPlatform.Inference.Kernels.Simd;

namespace LlmPlatform.Inference.Kernels.Formats;

/// <summary>
/// How 32 consecutive weights of a row are turned into floats. Quantized formats have one scale (and perhaps a minimum)
/// for the 32; for plain numbers the 32 are only a convenient stride.
/// </summary>
internal unsafe interface IWeightFormat
{
    /// <summary>Bytes of 32 weights.</summary>
    static abstract int BlockBytes { get; }

    /// <summary>The block's scale and minimum, ready for <see cref="Decode"/>.</summary>
    static abstract void ReadScales<TSimd, TVector>(byte* block, out TVector scale, out TVector minimum)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct;

    /// <summary>
    /// Weights [<paramref name="index"/>, index + width) of the block; index is a multiple of the width.
    /// </summary>
    static abstract TVector Decode<TSimd, TVector>(byte* block, int index, TVector scale, TVector minimum)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct;
}
