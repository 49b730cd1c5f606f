using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace LlmPlatform.Retrieval.Keywords.Postings;

/// <summary>
/// What is known of up to 128 postings of a term without reading them. The two bounds are all that BM25 needs: its score
/// 1 / (1 + (a + b * length) / count) grows with count and falls with length / count, whatever the average length is.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct PostingsBlock
{
    public const int Size = 128;

    /// <summary>Bytes of an encoded block at most.</summary>
    public const int MostBytes = 1 + (Size * 8);

    /// <summary>Where its bytes begin.</summary>
    public required long Offset { get; init; }

    /// <summary>Its last point, counted from the segment's first.</summary>
    public required int Last { get; init; }

    /// <summary>How many postings.</summary>
    public required int Count { get; init; }

    /// <summary>No count is higher.</summary>
    public required int MostCount { get; init; }

    /// <summary>No quotient of length and count is lower.</summary>
    public required float LeastRatio { get; init; }

    /// <summary>
    /// One byte with the widths in bytes (points in the low half, counts in the high one), then the gaps between the
    /// points, less one, then the counts.
    /// </summary>
    /// <returns>The number of bytes.</returns>
    public static int Encode(ReadOnlySpan<int> points, ReadOnlySpan<int> counts, int before, Span<byte> bytes)
    {
        int most = 0, mostCount = 0, last = before;
        for (int i = 0; i < points.Length; i++)
        {
            most = Math.Max(most, points[i] - last - 1);
            mostCount = Math.Max(mostCount, counts[i]);
            last = points[i];
        }

        int width = WidthOf(most), countWidth = WidthOf(mostCount);
        bytes[0] = (byte)(width | (countWidth << 4));
        int at = 1;
        last = before;
        foreach (int point in points)
        {
            Write(bytes[at..], width, point - last - 1);
            at += width;
            last = point;
        }

        foreach (int count in counts)
        {
            Write(bytes[at..], countWidth, count);
            at += countWidth;
        }

        return at;
    }

    public static unsafe void Decode(byte* bytes, int count, int before, Span<int> points, Span<int> counts)
    {
        int width = bytes[0] & 15, countWidth = bytes[0] >> 4;
        byte* at = bytes + 1;
        points = points[..count];
        counts = counts[..count];
        int last = before;
        switch (width)
        {
            case 1:
                for (int i = 0; i < points.Length; i++)
                {
                    points[i] = last += at[i] + 1;
                }

                break;
            case 2:
                for (int i = 0; i < points.Length; i++)
                {
                    points[i] = last += BinaryPrimitives.ReadUInt16LittleEndian(new ReadOnlySpan<byte>(at + (2 * i), 2)) + 1;
                }

                break;
            default:
                for (int i = 0; i < points.Length; i++)
                {
                    points[i] = last += BinaryPrimitives.ReadInt32LittleEndian(new ReadOnlySpan<byte>(at + (4 * i), 4)) + 1;
                }

                break;
        }

        at += width * count;
        for (int i = 0; i < counts.Length; i++)
        {
            counts[i] = countWidth switch
            {
                1 => at[i],
                2 => BinaryPrimitives.ReadUInt16LittleEndian(new ReadOnlySpan<byte>(at + (2 * i), 2)),
                _ => BinaryPrimitives.ReadInt32LittleEndian(new ReadOnlySpan<byte>(at + (4 * i), 4)),
            };
        }
    }

    private static int WidthOf(int value) => value <= byte.MaxValue ? 1 : value <= ushort.MaxValue ? 2 : 4;

    private static void Write(Span<byte> bytes, int width, int value)
    {
        switch (width)
        {
            case 1:
                bytes[0] = (byte)value;
                break;
            case 2:
                BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
                break;
            default:
                BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
                break;
        }
    }
}
