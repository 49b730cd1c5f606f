using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Xunit;
using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Gguf;
using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Hub.Tests.Gguf;

namespace LlmPlatform.Hub.Tests;

/// <summary>
/// Whatever is done to a good file: it opens, or it is refused by <see cref="InvalidModelFileException"/>; never another
/// exception, never much memory.
/// </summary>
public sealed class DamagedFilesTests : IDisposable
{
    private const long MaxAllocatedBytes = 64 << 20;

    private static readonly ulong[] Extremes = [0, 1, 31, 1UL << 31, uint.MaxValue, 1UL << 32, 1UL << 40, 1UL << 60, long.MaxValue, 1UL << 63, ulong.MaxValue - 31, ulong.MaxValue];

    private static readonly byte[] GoodGguf = TinyLlama.Builder(TinyLlama.Ramp(64), TinyLlama.Ramp(32)).Build();

    private static readonly byte[] GoodSafetensors = Safetensors(
        """{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"I64","shape":[1],"data_offsets":[24,32]}}""", 32);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_good_files_are_good()
    {
        Assert.True(Opens("x.gguf", GoodGguf));
        Assert.True(Opens("x.safetensors", GoodSafetensors));
    }

    [Property(MaxTest = 300)]
    public void Changed_bytes(bool gguf, NonEmptyArray<(NonNegativeInt At, byte Value)> changes)
    {
        byte[] bytes = [.. gguf ? GoodGguf : GoodSafetensors];
        foreach ((NonNegativeInt at, byte value) in changes.Item)
        {
            bytes[Place(at.Item, bytes.Length)] = value;
        }

        Opens(gguf ? "x.gguf" : "x.safetensors", bytes);
    }

    [Property(MaxTest = 500)]
    public void Extreme_numbers(bool gguf, NonNegativeInt at, NonNegativeInt which)
    {
        byte[] bytes = [.. gguf ? GoodGguf : GoodSafetensors];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(Place(at.Item, bytes.Length - 8)), Extremes[which.Item % Extremes.Length]);
        Opens(gguf ? "x.gguf" : "x.safetensors", bytes);
    }

    [Fact]
    public void Every_extreme_number_in_every_place_of_the_tables()
    {
        // The data begins after the tables: a change there leaves the file good.
        for (int at = 0; at < 1_000; at++)
        {
            foreach (ulong extreme in Extremes)
            {
                byte[] bytes = [.. GoodGguf];
                BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), extreme);
                Opens("x.gguf", bytes);
            }
        }
    }

    [Fact]
    public void Every_cut_within_the_needed_bytes_is_refused()
    {
        for (int length = 0; length < GoodSafetensors.Length; length++)
        {
            Assert.False(Opens("x.safetensors", GoodSafetensors[..length]), $"accepted with {length} bytes");
        }

        // The padding after the last tensor is not needed; nothing more than it.
        for (int length = 0; length <= GoodGguf.Length - 32; length += 7)
        {
            Assert.False(Opens("x.gguf", GoodGguf[..length]), $"accepted with {length} bytes");
        }
    }

    [Fact]
    public void A_header_that_claims_10_terabytes()
    {
        byte[] bytes = [.. GoodSafetensors];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, 10UL << 40);
        Refused("x.safetensors", bytes, "header length", "10995116277760");

        string json = $$$"""{"a":{"dtype":"F32","shape":[{{{(10L << 40) / 4}}}],"data_offsets":[0,{{{10L << 40}}}]}}""";
        Refused("x.safetensors", Safetensors(json, 32), "tensor a", "10995116277760");

        Refused("x.gguf", new GgufBuilder().AddTensor("a", [(10L << 40) / 4], 0, new byte[32]).Build(), "tensor a", "10995116277760");
    }

    [Fact]
    public void Sizes_that_overflow_and_offsets_that_go_back()
    {
        Refused("x.gguf", new GgufBuilder().AddTensor("a", [1L << 32, 1L << 32], 0, new byte[32]).Build(), "tensor a: shape", "63 bits");
        Refused("x.gguf", new GgufBuilder().AddTensor("a", [1L << 62], 0, new byte[32]).Build(), "tensor a: shape", "63 bits");
        Refused("x.gguf", new GgufBuilder().AddTensor("a", [1L << 40, 0, 1L << 40], 0, new byte[32]).Build(), "tensor a: shape", "63 bits");

        // Each tensor points to the one before, so that a reader that follows offsets goes in a circle.
        GgufBuilder cycle = new() { Offset = (name, _) => name == "a" ? 32u : 0u };
        Refused("x.gguf", cycle.AddTensor("a", [8], new float[8]).AddTensor("b", [8], new float[8]).Build(), "tensor a: offset", "32");
        GgufBuilder back = new() { Offset = (_, _) => unchecked((ulong)-64) };
        Refused("x.gguf", back.AddTensor("a", [8], new float[8]).Build(), "tensor a: offset", "18446744073709551552");

        // An array whose elements are arrays whose elements ...
        byte[] nested = [.. BitConverter.GetBytes(9u), .. BitConverter.GetBytes(1UL), .. BitConverter.GetBytes(9u), .. BitConverter.GetBytes(1UL)];
        Refused("x.gguf", new GgufBuilder().AddRaw("k", GgufValueType.Array, nested).Build(), "k", "array of type 9");
        Refused("x.gguf", new GgufBuilder { PairCount = 1UL << 60 }.Add("k", 1u).Build(), "metadata count", "1152921504606846976");
        Refused("x.gguf", new GgufBuilder { TensorCount = ulong.MaxValue }.Add("k", 1u).Build(), "tensor count", "18446744073709551615");
    }

    [Fact]
    public void Messages_show_no_more_than_64_characters_of_a_value()
    {
        string json = $$$"""{"a":{"dtype":"{{{new string('x', 5_000)}}}","shape":[],"data_offsets":[0,0]}}""";
        InvalidModelFileException refusal = Refused("x.safetensors", Safetensors(json, 0), "tensor a: dtype", new string('x', 64) + "...");
        Assert.InRange(refusal.Message.Length, 1, 300);
    }

    private static int Place(int random, int length) => (int)((uint)(random * 2654435761L) % (uint)length);

    private static byte[] Safetensors(string json, int dataBytes) =>
        [.. BitConverter.GetBytes((ulong)Encoding.UTF8.GetByteCount(json)), .. Encoding.UTF8.GetBytes(json), .. new byte[dataBytes]];

    private InvalidModelFileException Refused(string name, byte[] bytes, params string[] mentions)
    {
        string path = _folder.Write(name, bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        InvalidModelFileException refusal = Assert.Throws<InvalidModelFileException>(() => Open(path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
        foreach (string mention in mentions)
        {
            Assert.Contains(mention, refusal.Message, StringComparison.Ordinal);
        }

        return refusal;
    }

    private bool Opens(string name, byte[] bytes)
    {
        string path = _folder.Write(name, bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool good;
        try
        {
            Open(path);
            good = true;
        }
        catch (InvalidModelFileException)
        {
            good = false;
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxAllocatedBytes);
        return good;
    }

    /// <summary>Opens the file and uses all of it; what the configuration says of a GGUF file, too.</summary>
    private static void Open(string path)
    {
        bool gguf = path.EndsWith(".gguf", StringComparison.Ordinal);
        using ITensorFile file = gguf ? GgufFile.Open(path) : SafetensorsFile.Open(path);
        foreach (TensorInfo tensor in file.Tensors.Values)
        {
            Assert.Equal(tensor.ByteLength, file.GetBytes(tensor).Length);
            if (TensorTypes.CanReadFloats(tensor.Type))
            {
                file.ReadFloats(tensor, new float[tensor.ElementCount]);
            }
        }

        if (file is GgufFile { Tensors.Count: > 0 } llama)
        {
            LlamaConfig config = LlamaConfig.From(llama);
            using RenamedTensors weights = RenamedTensors.FromGguf(llama);
            LlamaArchitecture.Of(weights).Check(config, weights);
            foreach (TensorInfo tensor in weights.Tensors.Values)
            {
                Assert.Equal(tensor.ByteLength, weights.GetBytes(tensor).Length);
            }
        }
    }
}
