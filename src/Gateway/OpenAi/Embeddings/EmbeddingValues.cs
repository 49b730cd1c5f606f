using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LlmPlatform.Gateway.OpenAi.Embeddings;

/// <summary>A vector as the service sends it: packed little-endian float32, which is also what OpenAI's base64 holds.</summary>
[JsonConverter(typeof(EmbeddingValuesConverter))]
public readonly record struct EmbeddingValues
{
    internal ReadOnlyMemory<byte> Packed { get; init; }

    internal bool AsBase64 { get; init; }
}

/// <summary>Writes a vector as base64 or as numbers.</summary>
internal sealed class EmbeddingValuesConverter : JsonConverter<EmbeddingValues>
{
    public override EmbeddingValues Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("vectors are written only");

    public override void Write(Utf8JsonWriter writer, EmbeddingValues value, JsonSerializerOptions options)
    {
        ReadOnlySpan<byte> packed = value.Packed.Span;
        if (value.AsBase64)
        {
            writer.WriteBase64StringValue(packed);
            return;
        }

        writer.WriteStartArray();
        for (int offset = 0; offset < packed.Length; offset += sizeof(float))
        {
            writer.WriteNumberValue(BinaryPrimitives.ReadSingleLittleEndian(packed[offset..]));
        }

        writer.WriteEndArray();
    }
}
