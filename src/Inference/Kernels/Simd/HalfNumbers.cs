using System.Runtime.CompilerServices;

namespace LlmPlatform.Inference.Kernels.Simd;

/// <summary>Half precision numbers by integer arithmetic, since the runtime has no vector conversion for them.</summary>
internal static unsafe class HalfNumbers
{
    /// <summary>2^112: the difference between the exponent biases of single (127) and half (15).</summary>
    public const float TwoTo112 = 5192296858534827628530496329220096f;

    /// <summary>The half at <paramref name="source"/> as a float. Finite values only: the scale of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ReadFinite(byte* source)
    {
        uint bits = Unsafe.ReadUnaligned<ushort>(source);
        float magnitude = BitConverter.UInt32BitsToSingle((bits & 0x7fff) << 13) * TwoTo112;
        return BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(magnitude) | ((bits & 0x8000) << 16));
    }
}
