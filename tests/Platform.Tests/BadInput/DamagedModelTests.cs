using System.Buffers.Binary;
using System.Text;
using Grpc.Core;
using LlmPlatform.Contracts.Generation.V1;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Platform.Tests.Samples;
using LlmPlatform.Platform.Tests.Tenancy;

namespace LlmPlatform.Platform.Tests.BadInput;

/// <summary>
/// Model folders with damaged files, uploaded and used: refused when they are registered or when they are loaded, with
/// the file's name, and the platform goes on.
/// </summary>
public sealed class DamagedModelTests(PlatformFixture platform) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("llmplatform-damaged-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public Task A_truncated_safetensors() => AssertRefusedAsync("truncated", "model.safetensors", bytes => bytes[..(bytes.Length / 2)]);

    [Fact]
    public Task A_safetensors_header_claiming_10_TB() => AssertRefusedAsync("header", "model.safetensors", bytes =>
    {
        byte[] copy = [.. bytes];
        BinaryPrimitives.WriteUInt64LittleEndian(copy, 10_000_000_000_000);
        return copy;
    });

    [Fact]
    public Task A_tokenizer_cut_in_half() => AssertRefusedAsync("tokenizer", "tokenizer.json", bytes => bytes[..(bytes.Length / 2)]);

    [Fact]
    public async Task A_GGUF_with_a_cyclic_size()
    {
        string model = await WriteAsync("cyclic");
        File.Delete(Path.Combine(model, "model.safetensors"));
        await File.WriteAllBytesAsync(Path.Combine(model, "model.gguf"), CyclicGguf());
        await AssertRefusedAsync("cyclic", model, "model.gguf");
    }

    [Fact]
    public async Task Pickle_weights_only()
    {
        string model = await WriteAsync("pickle");
        File.Move(Path.Combine(model, "model.safetensors"), Path.Combine(model, "pytorch_model.bin"));
        await AssertRefusedAsync("pickle", model, "pytorch_model.bin");
    }

    private async Task AssertRefusedAsync(string name, string file, Func<byte[], byte[]> damage)
    {
        string model = await WriteAsync(name);
        string path = Path.Combine(model, file);
        await File.WriteAllBytesAsync(path, damage(await File.ReadAllBytesAsync(path)));
        await AssertRefusedAsync(name, model, file);
    }

    private async Task AssertRefusedAsync(string name, string folder, string file)
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            ModelVersion version = await TenantSetup.RegisterAsync(platform.Grpc, $"damaged-{name}", folder);
            using AsyncServerStreamingCall<GenerateResponse> call = new Generation.GenerationClient(platform.Grpc).Generate(new GenerateRequest { Model = version.Name, Prompt = "hello" });
            await call.ResponseStream.MoveNext();
        });
        Assert.True(error.StatusCode is StatusCode.InvalidArgument or StatusCode.FailedPrecondition, error.Status.ToString());
        Assert.Contains(file, error.Status.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(platform.Platform.DataFolder, error.Status.Detail, StringComparison.Ordinal);

        using AsyncServerStreamingCall<GenerateResponse> alive = new Generation.GenerationClient(platform.Grpc).Generate(new GenerateRequest
        {
            Model = PlatformFixture.TinyDecoder,
            Prompt = "hello",
            Stopping = new StoppingParameters { MaxTokens = 1 },
        });
        Assert.True(await alive.ResponseStream.MoveNext());
    }

    private Task<string> WriteAsync(string name) => TinyModels.WriteDecoderAsync(Path.Combine(_folder, name), seed: name.Length);

    /// <summary>A metadata array of arrays of arrays ... each of which says that it holds 2^32 more.</summary>
    private static byte[] CyclicGguf()
    {
        const uint ArrayType = 9;
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        writer.Write("GGUF"u8);
        writer.Write(3u);
        writer.Write(0ul);
        writer.Write(1ul);
        byte[] key = Encoding.UTF8.GetBytes("general.tags");
        writer.Write((ulong)key.Length);
        writer.Write(key);
        writer.Write(ArrayType);
        for (int depth = 0; depth < 10_000; depth++)
        {
            writer.Write(ArrayType);
            writer.Write(1ul << 32);
        }

        return stream.ToArray();
    }
}
