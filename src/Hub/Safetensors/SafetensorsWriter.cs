using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Hub.Safetensors;

/// <summary>
/// Writes a safetensors file as the library does: wide types first, then by name; the header padded with spaces so that
/// the data begins at a multiple of 8. The file appears under its name only when it is complete.
/// </summary>
public static class SafetensorsWriter
{
    private const int ChunkBytes = 1 << 20;

    // The header is not HTML: names keep their letters.
    private static readonly JsonWriterOptions HeaderOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes tensors to a new file, replacing an old one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">What to write.</param>
    /// <param name="metadata">The header's <c>__metadata__</c>; transformers wants <c>format</c> = <c>pt</c>, which null gives.</param>
    /// <param name="cancellationToken">Stops the writing; the old file stays.</param>
    /// <exception cref="ArgumentException">A name stands twice, a type is none of safetensors, or a shape does not fill its bytes.</exception>
    public static async Task WriteAsync(
        string path,
        IEnumerable<SafetensorsTensor> tensors,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        await WriteAsync(path, tensors.Select(Source), metadata, cancellationToken);
    }

    /// <summary>As the other, for tensors whose bytes are made while they are written: a file larger than memory.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">What to write.</param>
    /// <param name="metadata">The header's <c>__metadata__</c>; transformers wants <c>format</c> = <c>pt</c>, which null gives.</param>
    /// <param name="cancellationToken">Stops the writing; the old file stays.</param>
    /// <exception cref="ArgumentException">A name stands twice, a type is none of safetensors, or a shape is impossible.</exception>
    /// <exception cref="InvalidOperationException">A source wrote another number of bytes than its shape takes.</exception>
    public static async Task WriteAsync(
        string path,
        IEnumerable<SafetensorsSource> tensors,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        SafetensorsSource[] ordered = Order(tensors);
        byte[] header = Header(ordered, metadata ?? ImmutableDictionary<string, string>.Empty.Add("format", "pt"));
        string temporary = $"{path}.{Guid.NewGuid():N}.incomplete";
        try
        {
            await using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, ChunkBytes, useAsync: true))
            {
                await stream.WriteAsync(header, cancellationToken);
                foreach (SafetensorsSource tensor in ordered)
                {
                    long start = stream.Position;
                    await tensor.WriteAsync(stream, cancellationToken);
                    if (stream.Position - start != tensor.ByteLength)
                    {
                        throw new InvalidOperationException($"tensor {tensor.Name}: {stream.Position - start} bytes written, expected {tensor.ByteLength}");
                    }
                }

                await stream.FlushAsync(cancellationToken);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static SafetensorsSource Source(SafetensorsTensor tensor)
    {
        SafetensorsSource source = new(tensor.Name, tensor.Type, tensor.Shape, async (stream, cancellationToken) =>
        {
            for (int start = 0; start < tensor.Data.Length; start += ChunkBytes)
            {
                await stream.WriteAsync(tensor.Data.Slice(start, Math.Min(ChunkBytes, tensor.Data.Length - start)), cancellationToken);
            }
        });
        return SafetensorsTypes.Name(tensor.Type) is null || Length(source) == tensor.Data.Length
            ? source
            : throw new ArgumentException($"tensor {tensor.Name}: {tensor.Data.Length} bytes are not {tensor.Type} {Shown.Shape(tensor.Shape)}", nameof(tensor));
    }

    private static long Length(SafetensorsSource tensor)
    {
        foreach (long dimension in tensor.Shape)
        {
            if (dimension < 0)
            {
                throw new ArgumentException($"tensor {tensor.Name}: negative dimension {dimension}", nameof(tensor));
            }
        }

        return tensor.ByteLength;
    }

    private static SafetensorsSource[] Order(IEnumerable<SafetensorsSource> tensors)
    {
        SafetensorsSource[] ordered = [.. tensors
            .OrderByDescending(tensor => SafetensorsTypes.Rank(tensor.Type))
            .ThenBy(tensor => tensor.Name, StringComparer.Ordinal)];
        HashSet<string> names = new(StringComparer.Ordinal) { SafetensorsHeader.MetadataKey };
        foreach (SafetensorsSource tensor in ordered)
        {
            if (SafetensorsTypes.Name(tensor.Type) is null)
            {
                throw new ArgumentException($"tensor {tensor.Name}: safetensors has no type {tensor.Type}", nameof(tensors));
            }

            if (!names.Add(tensor.Name))
            {
                throw new ArgumentException($"tensor name {tensor.Name} is reserved or stands twice", nameof(tensors));
            }

            Length(tensor);
        }

        return ordered;
    }

    private static byte[] Header(SafetensorsSource[] tensors, IReadOnlyDictionary<string, string> metadata)
    {
        ArrayBufferWriter<byte> buffer = new();
        buffer.GetSpan(SafetensorsHeader.LengthBytes)[..SafetensorsHeader.LengthBytes].Clear();
        buffer.Advance(SafetensorsHeader.LengthBytes);
        using (Utf8JsonWriter writer = new(buffer, HeaderOptions))
        {
            writer.WriteStartObject();
            if (metadata.Count > 0)
            {
                writer.WriteStartObject(SafetensorsHeader.MetadataKey);
                foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    writer.WriteString(key, value);
                }

                writer.WriteEndObject();
            }

            long offset = 0;
            foreach (SafetensorsSource tensor in tensors)
            {
                writer.WriteStartObject(tensor.Name);
                writer.WriteString("dtype", SafetensorsTypes.Name(tensor.Type));
                writer.WriteStartArray("shape");
                foreach (long dimension in tensor.Shape)
                {
                    writer.WriteNumberValue(dimension);
                }

                writer.WriteEndArray();
                writer.WriteStartArray("data_offsets");
                writer.WriteNumberValue(offset);
                offset += tensor.ByteLength;
                writer.WriteNumberValue(offset);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        int padding = (8 - (buffer.WrittenCount % 8)) % 8;
        buffer.Write("       "u8[..padding]);
        byte[] header = buffer.WrittenSpan.ToArray();
        int length = header.Length - SafetensorsHeader.LengthBytes;
        if (length > SafetensorsHeader.MaxLength)
        {
            throw new ArgumentException($"a header of {length} bytes; at most {SafetensorsHeader.MaxLength} are read back");
        }

        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)length);
        return header;
    }
}
