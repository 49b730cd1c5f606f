using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LlmPlatform.Inference.Kernels.Simd;

/// <summary>Half precision numbers by integer arithmetic, since the runtime has no vector conversion for them.</summary>
internal static unsafe class HalfNumbers
{
    /// <summary>2^112: the difference between the exponent biases of single (127) and half (15).</summary>
    public const float TwoTo112 = 5192296858534827628530496329220096f;

    /// <summary>
    /// A half that was widened with its sign and moved left by <see cref="Shift"/>: what is left are its sign, exponent and
    /// fraction at a single's places.
    /// </summary>
    public const int Mask = unchecked((int)0x8fffe000);

    /// <summary>By how much a single's fraction is longer.</summary>
    public const int Shift = 13;

    /// <summary>The half at <paramref name="source"/> as a float. Finite values only: the scale of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ReadFinite(byte* source) =>
        BitConverter.Int32BitsToSingle((Unsafe.ReadUnaligned<short>(source) << Shift) & Mask) * TwoTo112;

    /// <summary>Two halves as floats, in lanes 0 and 1. Finite values only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ReadFinitePair(byte* source)
    {
        Vector128<int> wide = Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<int>(source)).AsInt16());
        return ((wide << Shift) & Vector128.Create(Mask)).AsSingle() * TwoTo112;
    }
}
