using System.Buffers.Binary;
using System.Collections.Immutable;
using FsCheck;
using FsCheck.Xunit;
using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Hub.Tests.Safetensors;

public sealed class SafetensorsWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => Path.Combine(_folder.Path, "model.safetensors");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_written_is_read_back()
    {
        SafetensorsTensor[] tensors =
        [
            SafetensorsTensor.FromFloats("b.weight", [2, 3], [1, 2, 3, 4, 5, float.NegativeInfinity]),
            new("a", TensorType.I64, [1], BitConverter.GetBytes(-5L)),
            new("가중치 \"q\"", TensorType.BF16, [3], new byte[] { 0x80, 0x3f, 0, 0x40, 0x40, 0x40 }),
            new("scalar", TensorType.U8, [], new byte[] { 7 }),
            new("empty", TensorType.F16, [0, 4], ReadOnlyMemory<byte>.Empty),
        ];

        await SafetensorsWriter.WriteAsync(File, tensors, cancellationToken: TestContext.Current.CancellationToken);

        using SafetensorsFile file = SafetensorsFile.Open(File);
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal(tensors.Length, file.Tensors.Count);
        foreach (SafetensorsTensor tensor in tensors)
        {
            TensorInfo info = file.Tensors[tensor.Name];
            Assert.Equal(tensor.Type, info.Type);
            Assert.Equal(tensor.Shape, info.Shape);
            Assert.Equal(tensor.Data.ToArray(), file.GetBytes(info).ToArray());
        }

        Assert.Equal([1f, 2f, 3f], file.ReadFloats("가중치 \"q\"", 3));
    }

    [Fact]
    public async Task The_data_begins_at_a_multiple_of_eight_and_wide_types_come_first()
    {
        SafetensorsTensor[] tensors = [new("a", TensorType.U8, [3], new byte[3]), new("z", TensorType.F64, [2], new byte[16]), SafetensorsTensor.FromFloats("m", [1], [1])];
        await SafetensorsWriter.WriteAsync(File, tensors, cancellationToken: TestContext.Current.CancellationToken);

        byte[] bytes = await System.IO.File.ReadAllBytesAsync(File, TestContext.Current.CancellationToken);
        Assert.Equal(0UL, BinaryPrimitives.ReadUInt64LittleEndian(bytes) % 8);
        using SafetensorsFile file = SafetensorsFile.Open(File);
        Assert.Equal(["z", "m", "a"], file.Tensors.Values.OrderBy(tensor => tensor.Offset).Select(tensor => tensor.Name));
    }

    [Fact]
    public async Task A_tensor_that_does_not_fit_its_shape_is_refused_and_the_old_file_stays()
    {
        await SafetensorsWriter.WriteAsync(File, [SafetensorsTensor.FromFloats("a", [1], [1])], cancellationToken: TestContext.Current.CancellationToken);

        SafetensorsTensor[][] wrong =
        [
            [SafetensorsTensor.FromFloats("a", [2], [1])],
            [SafetensorsTensor.FromFloats("a", [1], [1]), SafetensorsTensor.FromFloats("a", [1], [1])],
            [SafetensorsTensor.FromFloats("__metadata__", [1], [1])],
            [new("a", TensorType.Q4_0, [32], new byte[18])],
            [SafetensorsTensor.FromFloats("a", [-1, -1], [1])],
        ];
        foreach (SafetensorsTensor[] tensors in wrong)
        {
            await Assert.ThrowsAsync<ArgumentException>(() => SafetensorsWriter.WriteAsync(File, tensors, cancellationToken: TestContext.Current.CancellationToken));
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => SafetensorsWriter.WriteAsync(File, [SafetensorsTensor.FromFloats("a", [1], [2])], cancellationToken: new CancellationToken(canceled: true)));
        Assert.Equal([File], Directory.GetFiles(_folder.Path));
        using SafetensorsFile file = SafetensorsFile.Open(File);
        Assert.Equal([1f], file.ReadFloats("a"));
    }

    [Property(MaxTest = 50)]
    public void Any_tensors_survive(NonNull<string>[] names, byte[] values)
    {
        SafetensorsTensor[] tensors = [.. names
            .Select(name => name.Item)
            .Where(name => name != "__metadata__" && IsText(name))
            .Distinct()
            .Select((name, i) => new SafetensorsTensor(name, TensorType.U8, [values.Length], values.Select(value => (byte)(value + i)).ToArray()))];
        SafetensorsWriter.WriteAsync(File, tensors, ImmutableDictionary<string, string>.Empty, TestContext.Current.CancellationToken).GetAwaiter().GetResult();
        using SafetensorsFile file = SafetensorsFile.Open(File);
        Assert.Equal(tensors.Select(tensor => tensor.Name).Order(StringComparer.Ordinal), file.Tensors.Keys.Order(StringComparer.Ordinal));
        Assert.All(tensors, tensor => Assert.Equal(tensor.Data.ToArray(), file.GetBytes(file.Tensors[tensor.Name]).ToArray()));
    }

    [Fact]
    public async Task Shards_are_one_file_by_their_index()
    {
        await SafetensorsWriter.WriteAsync(Path.Combine(_folder.Path, "s1.safetensors"), [SafetensorsTensor.FromFloats("a", [1], [1])], cancellationToken: TestContext.Current.CancellationToken);
        await SafetensorsWriter.WriteAsync(Path.Combine(_folder.Path, "s2.safetensors"), [SafetensorsTensor.FromFloats("b", [1], [2])], cancellationToken: TestContext.Current.CancellationToken);

        using (ShardedSafetensors both = ShardedSafetensors.Open(Index("""{"a":"s1.safetensors","b":"s2.safetensors"}""")))
        {
            Assert.Equal([1f], both.ReadFloats("a"));
            Assert.Equal([2f], both.ReadFloats("b"));
        }

        foreach (string map in (string[])["""{"a":"s2.safetensors"}""", """{"a":"missing.safetensors"}""", """{"a":"../s1.safetensors"}""", """{"a":5}""", "[]"])
        {
            InvalidModelFileException refusal = Assert.Throws<InvalidModelFileException>(() => ShardedSafetensors.Open(Index(map)));
            Assert.Contains("weight_map", refusal.Message, StringComparison.Ordinal);
        }
    }

    private static bool IsText(string name)
    {
        try
        {
            new System.Text.UTF8Encoding(false, throwOnInvalidBytes: true).GetByteCount(name);
            return true;
        }
        catch (System.Text.EncoderFallbackException)
        {
            return false;
        }
    }

    private string Index(string map) => _folder.Write("model.safetensors.index.json", $$"""{"metadata":{},"weight_map":{{map}}}""");
}
