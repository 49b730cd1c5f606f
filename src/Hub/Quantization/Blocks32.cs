using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LlmPlatform.Hub.Quantization;

/// <summary>
/// The formats of 32 values with one scale. Nibbles: byte i holds value i in its low half and value i + 16 in its high
/// half; the fifth bits of Q5 lie in a mask of 32 bits, bit i for value i.
/// </summary>
internal static class Blocks32
{
    private const int Values = 32;

    /// <summary>Half scale, 16 bytes of nibbles: scale * (q - 8).</summary>
    public static void Q4_0(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (int block = 0; block < destination.Length / Values; block++)
        {
            ReadOnlySpan<byte> bytes = source.Slice(block * 18, 18);
            Span<float> values = destination.Slice(block * Values, Values);
            Vector128<float> scale = Vector128.Create(Dequantizer.HalfAt(bytes, 0));
            Vector128<byte> nibbles = Vector128.Create(bytes[2..]);
            Vector128<sbyte> eight = Vector128.Create((sbyte)8);
            Scale((nibbles & Vector128.Create((byte)0x0f)).AsSByte() - eight, scale, values);
            Scale((nibbles >>> 4).AsSByte() - eight, scale, values[16..]);
        }
    }

    /// <summary>Half scale, half minimum, 16 bytes of nibbles: scale * q + minimum.</summary>
    public static void Q4_1(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (int block = 0; block < destination.Length / Values; block++)
        {
            ReadOnlySpan<byte> bytes = source.Slice(block * 20, 20);
            Span<float> values = destination.Slice(block * Values, Values);
            Vector128<float> scale = Vector128.Create(Dequantizer.HalfAt(bytes, 0));
            Vector128<float> minimum = Vector128.Create(Dequantizer.HalfAt(bytes, 2));
            Vector128<byte> nibbles = Vector128.Create(bytes[4..]);
            Scale((nibbles & Vector128.Create((byte)0x0f)).AsSByte(), scale, minimum, values);
            Scale((nibbles >>> 4).AsSByte(), scale, minimum, values[16..]);
        }
    }

    /// <summary>Half scale, mask of fifth bits, 16 bytes of nibbles: scale * (q - 16).</summary>
    public static void Q5_0(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (int block = 0; block < destination.Length / Values; block++)
        {
            ReadOnlySpan<byte> bytes = source.Slice(block * 22, 22);
            Span<float> values = destination.Slice(block * Values, Values);
            float scale = Dequantizer.HalfAt(bytes, 0);
            uint fifth = BinaryPrimitives.ReadUInt32LittleEndian(bytes[2..]);
            for (int i = 0; i < 16; i++)
            {
                values[i] = scale * (FifthBit(fifth, i) + (bytes[6 + i] & 0x0f) - 16);
                values[i + 16] = scale * (FifthBit(fifth, i + 16) + (bytes[6 + i] >> 4) - 16);
            }
        }
    }

    /// <summary>Half scale, half minimum, mask of fifth bits, 16 bytes of nibbles: scale * q + minimum.</summary>
    public static void Q5_1(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (int block = 0; block < destination.Length / Values; block++)
        {
            ReadOnlySpan<byte> bytes = source.Slice(block * 24, 24);
            Span<float> values = destination.Slice(block * Values, Values);
            float scale = Dequantizer.HalfAt(bytes, 0);
            float minimum = Dequantizer.HalfAt(bytes, 2);
            uint fifth = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            for (int i = 0; i < 16; i++)
            {
                values[i] = (scale * (FifthBit(fifth, i) + (bytes[8 + i] & 0x0f))) + minimum;
                values[i + 16] = (scale * (FifthBit(fifth, i + 16) + (bytes[8 + i] >> 4))) + minimum;
            }
        }
    }

    /// <summary>Half scale, 32 signed bytes: scale * q.</summary>
    public static void Q8_0(ReadOnlySpan<byte> source, Span<float> destination)
    {
        for (int block = 0; block < destination.Length / Values; block++)
        {
            ReadOnlySpan<byte> bytes = source.Slice(block * 34, 34);
            Span<float> values = destination.Slice(block * Values, Values);
            Vector128<float> scale = Vector128.Create(Dequantizer.HalfAt(bytes, 0));
            ReadOnlySpan<sbyte> quants = MemoryMarshal.Cast<byte, sbyte>(bytes[2..]);
            Scale(Vector128.Create(quants), scale, values);
            Scale(Vector128.Create(quants[16..]), scale, values[16..]);
        }
    }

    private static int FifthBit(uint mask, int index) => (int)((mask >> index) & 1) << 4;

    private static void Scale(Vector128<sbyte> quants, Vector128<float> scale, Span<float> values)
    {
        (Vector128<short> lower, Vector128<short> upper) = Vector128.Widen(quants);
        (Vector128<int> a, Vector128<int> b) = Vector128.Widen(lower);
        (Vector128<int> c, Vector128<int> d) = Vector128.Widen(upper);
        (scale * Vector128.ConvertToSingle(a)).CopyTo(values);
        (scale * Vector128.ConvertToSingle(b)).CopyTo(values[4..]);
        (scale * Vector128.ConvertToSingle(c)).CopyTo(values[8..]);
        (scale * Vector128.ConvertToSingle(d)).CopyTo(values[12..]);
    }

    private static void Scale(Vector128<sbyte> quants, Vector128<float> scale, Vector128<float> minimum, Span<float> values)
    {
        (Vector128<short> lower, Vector128<short> upper) = Vector128.Widen(quants);
        (Vector128<int> a, Vector128<int> b) = Vector128.Widen(lower);
        (Vector128<int> c, Vector128<int> d) = Vector128.Widen(upper);
        ((scale * Vector128.ConvertToSingle(a)) + minimum).CopyTo(values);
        ((scale * Vector128.ConvertToSingle(b)) + minimum).CopyTo(values[4..]);
        ((scale * Vector128.ConvertToSingle(c)) + minimum).CopyTo(values[8..]);
        ((scale * Vector128.ConvertToSingle(d)) + minimum).CopyTo(values[12..]);
    }
}
