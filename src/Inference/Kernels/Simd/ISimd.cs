using System.Runtime.Intrinsics;

namespace LlmPlatform.Inference.Kernels.Simd;

/// <summary>
/// The handful of vector operations that the kernels are written in. Each implementation is one width, so that every
/// kernel is written once and compiled for each: the type parameters are structs, hence the calls vanish.
/// </summary>
/// <typeparam name="TVector">The vector of floats.</typeparam>
internal unsafe interface ISimd<TVector>
    where TVector : struct
{
    /// <summary>For messages: what is needed to run it.</summary>
    static abstract string Name { get; }

    /// <summary>Whether this processor runs it in hardware.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>Floats in a vector; divides 16.</summary>
    static abstract int Width { get; }

    /// <summary>Whether there are 32 vector registers, enough for a tile of 4 x 4 accumulators; else 16.</summary>
    static abstract bool HasManyRegisters { get; }

    static abstract TVector Zero { get; }

    static abstract TVector Load(float* source);

    static abstract void Store(TVector value, float* destination);

    static abstract TVector Broadcast(float value);

    static abstract TVector Add(TVector a, TVector b);

    static abstract TVector Subtract(TVector a, TVector b);

    static abstract TVector Multiply(TVector a, TVector b);

    static abstract TVector Divide(TVector a, TVector b);

    /// <summary>a * b + c, fused where the processor can.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    static abstract TVector Max(TVector a, TVector b);

    static abstract TVector Min(TVector a, TVector b);

    static abstract TVector Abs(TVector value);

    /// <summary>
    /// 2^n for whole n, to which 1.5 * 2^23 was added: that moves n into the lowest bits. Infinity for 128, zero for -127.
    /// </summary>
    static abstract TVector PowerOfTwo(TVector shifted);

    /// <summary>Magnitudes of <paramref name="magnitude"/> with the signs of <paramref name="sign"/>.</summary>
    static abstract TVector CopySign(TVector magnitude, TVector sign);

    /// <summary>Lane by lane: <paramref name="whenLess"/> where a is less than b, else <paramref name="otherwise"/>.</summary>
    static abstract TVector SelectLess(TVector a, TVector b, TVector whenLess, TVector otherwise);

    /// <summary>All lanes added, always in the same order.</summary>
    static abstract float Sum(TVector value);

    /// <summary>The four sums, each in the order of <see cref="Sum"/>.</summary>
    static abstract Vector128<float> SumFour(TVector a, TVector b, TVector c, TVector d);

    /// <summary>The largest lane.</summary>
    static abstract float MaxAcross(TVector value);

    /// <summary><see cref="Width"/> unsigned bytes as floats.</summary>
    static abstract TVector FromBytes(byte* source);

    /// <summary><see cref="Width"/> signed bytes as floats.</summary>
    static abstract TVector FromSignedBytes(sbyte* source);

    /// <summary>The low four bits of <see cref="Width"/> bytes as floats.</summary>
    static abstract TVector FromLowNibbles(byte* source);

    /// <summary>The high four bits of <see cref="Width"/> bytes as floats.</summary>
    static abstract TVector FromHighNibbles(byte* source);

    /// <summary>Whether a vector can be a table of sixteen floats; else the look-ups below must not be used.</summary>
    static abstract bool HasTables { get; }

    /// <summary>0, 1, 2 ... as floats.</summary>
    static abstract TVector Counting { get; }

    /// <summary>For the low four bits of <see cref="Width"/> bytes the float at that place of the table.</summary>
    static abstract TVector LookUpLowNibbles(byte* source, TVector table);

    /// <summary>For the high four bits of <see cref="Width"/> bytes the float at that place of the table.</summary>
    static abstract TVector LookUpHighNibbles(byte* source, TVector table);

    /// <summary><see cref="Width"/> halves as floats, exactly (also subnormal, infinite and NaN).</summary>
    static abstract TVector FromHalf(ushort* source);

    /// <summary><see cref="Width"/> bfloat16 as floats.</summary>
    static abstract TVector FromBFloat16(ushort* source);
}
