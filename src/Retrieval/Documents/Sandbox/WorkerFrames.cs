using System.Buffers.Binary;

namespace LlmPlatform.Retrieval.Documents.Sandbox;

/// <summary>What a frame between the pool and a worker holds.</summary>
internal enum WorkerFrame : byte
{
    /// <summary>To the worker, first of all: the limits.</summary>
    Limits = (byte)'L',

    /// <summary>From the worker: it waits for documents.</summary>
    Ready = (byte)'R',

    /// <summary>To the worker: a document.</summary>
    Document = (byte)'D',

    /// <summary>From the worker: what was read.</summary>
    Parsed = (byte)'P',

    /// <summary>From the worker: why it could not be read.</summary>
    Failed = (byte)'F',
}

/// <summary>Frames: one byte that says what follows, four for its length (little-endian), and as many bytes.</summary>
internal static class WorkerFrames
{
    private const int HeaderLength = 5;
    private const int Step = 1 << 20;

    /// <summary>Writes a frame.</summary>
    internal static void Write(Stream stream, WorkerFrame frame, ReadOnlySpan<byte> payload)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        Header(header, frame, payload.Length);
        stream.Write(header);
        stream.Write(payload);
        stream.Flush();
    }

    /// <inheritdoc cref="Write"/>
    internal static async Task WriteAsync(Stream stream, WorkerFrame frame, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        byte[] header = new byte[HeaderLength];
        Header(header, frame, payload.Length);
        await stream.WriteAsync(header, cancellationToken).ConfigureAwait(false);
        await stream.WriteAsync(payload, cancellationToken).ConfigureAwait(false);
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads a frame of one of two kinds; null where the pipe ended before it.</summary>
    /// <exception cref="InvalidDataException">It is of another kind, longer than allowed, or cut off.</exception>
    internal static (WorkerFrame Frame, byte[] Payload)? Read(Stream stream, WorkerFrame expected, long maxLength)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        int read = stream.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false);
        if (read == 0)
        {
            return null;
        }

        (WorkerFrame frame, int length) = ParseHeader(header[..read], expected, expected, maxLength);
        byte[] payload = new byte[length];
        return stream.ReadAtLeast(payload, length, throwOnEndOfStream: false) == length
            ? (frame, payload)
            : throw new InvalidDataException("a frame is cut off");
    }

    /// <summary>
    /// As <see cref="Read"/>, from a process that may lie: room grows with what really arrives.
    /// </summary>
    internal static async Task<(WorkerFrame Frame, byte[] Payload)?> ReadAsync(
        Stream stream, WorkerFrame expected, WorkerFrame orElse, long maxLength, CancellationToken cancellationToken)
    {
        byte[] header = new byte[HeaderLength];
        int read = await stream.ReadAtLeastAsync(header, HeaderLength, throwOnEndOfStream: false, cancellationToken)
            .ConfigureAwait(false);
        if (read == 0)
        {
            return null;
        }

        (WorkerFrame frame, int length) = ParseHeader(header.AsSpan(0, read), expected, orElse, maxLength);
        byte[] payload = new byte[Math.Min(length, Step)];
        for (int filled = 0; filled < length;)
        {
            if (filled == payload.Length)
            {
                Array.Resize(ref payload, (int)Math.Min(length, 2L * payload.Length));
            }

            int got = await stream.ReadAsync(payload.AsMemory(filled), cancellationToken).ConfigureAwait(false);
            filled += got > 0 ? got : throw new InvalidDataException("a frame is cut off");
        }

        return (frame, payload);
    }

    private static void Header(Span<byte> header, WorkerFrame frame, int length)
    {
        header[0] = (byte)frame;
        BinaryPrimitives.WriteInt32LittleEndian(header[1..], length);
    }

    private static (WorkerFrame Frame, int Length) ParseHeader(
        ReadOnlySpan<byte> header, WorkerFrame expected, WorkerFrame orElse, long maxLength)
    {
        if (header.Length < HeaderLength)
        {
            throw new InvalidDataException("a frame is cut off");
        }

        WorkerFrame frame = (WorkerFrame)header[0];
        int length = BinaryPrimitives.ReadInt32LittleEndian(header[1..]);
        if (frame != expected && frame != orElse)
        {
            throw new InvalidDataException($"frame {(byte)frame}, expected {expected}");
        }

        return length >= 0 && length <= maxLength
            ? (frame, length)
            : throw new InvalidDataException($"frame {frame} of {length} bytes, expected at most {maxLength}");
    }
}
