using System.Text;
using LlmPlatform.Hub.Gguf;

namespace LlmPlatform.Hub.Tests.Gguf;

/// <summary>Writes GGUF files, good ones and such as no writer would write.</summary>
internal sealed class GgufBuilder
{
    private readonly List<(string Key, byte[] Value)> _pairs = [];
    private readonly List<(string Name, ulong[] Dimensions, uint Type, byte[] Data)> _tensors = [];

    public ulong? TensorCount { get; init; }

    public ulong? PairCount { get; init; }

    /// <summary>The offset written for the tensor, from its true one.</summary>
    public Func<string, ulong, ulong> Offset { get; init; } = (_, offset) => offset;

    public GgufBuilder Add(string key, string value) => AddRaw(key, GgufValueType.String, String(value));

    public GgufBuilder Add(string key, uint value) => AddRaw(key, GgufValueType.UInt32, BitConverter.GetBytes(value));

    public GgufBuilder Add(string key, float value) => AddRaw(key, GgufValueType.Float32, BitConverter.GetBytes(value));

    public GgufBuilder Add(string key, params string[] values) => AddRaw(
        key,
        GgufValueType.Array,
        [.. BitConverter.GetBytes((uint)GgufValueType.String), .. BitConverter.GetBytes((ulong)values.Length), .. values.SelectMany(String)]);

    public GgufBuilder AddRaw(string key, GgufValueType type, byte[] value)
    {
        _pairs.Add((key, [.. BitConverter.GetBytes((uint)type), .. value]));
        return this;
    }

    /// <param name="name">The name.</param>
    /// <param name="shape">Outermost first.</param>
    /// <param name="type">ggml's number.</param>
    /// <param name="data">The bytes.</param>
    public GgufBuilder AddTensor(string name, long[] shape, uint type, byte[] data)
    {
        _tensors.Add((name, [.. shape.Reverse().Select(dimension => unchecked((ulong)dimension))], type, data));
        return this;
    }

    public GgufBuilder AddTensor(string name, long[] shape, float[] values) =>
        AddTensor(name, shape, 0, [.. values.SelectMany(BitConverter.GetBytes)]);

    public byte[] Build()
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write("GGUF"u8);
        writer.Write(3u);
        writer.Write(TensorCount ?? (ulong)_tensors.Count);
        writer.Write(PairCount ?? (ulong)_pairs.Count);
        foreach ((string key, byte[] value) in _pairs)
        {
            writer.Write(String(key));
            writer.Write(value);
        }

        ulong offset = 0;
        foreach ((string name, ulong[] dimensions, uint type, byte[] data) in _tensors)
        {
            writer.Write(String(name));
            writer.Write((uint)dimensions.Length);
            foreach (ulong dimension in dimensions)
            {
                writer.Write(dimension);
            }

            writer.Write(type);
            writer.Write(Offset(name, offset));
            offset += (ulong)(data.Length + 31) / 32 * 32;
        }

        foreach ((_, _, _, byte[] data) in _tensors)
        {
            Pad(writer);
            writer.Write(data);
        }

        Pad(writer);
        return stream.ToArray();
    }

    private static byte[] String(string text) => [.. BitConverter.GetBytes((ulong)Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];

    private static void Pad(BinaryWriter writer) => writer.Write(new byte[(32 - (writer.BaseStream.Position % 32)) % 32]);
}
