using System.Buffers.Binary;
using Grpc.Core;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.ModelService.Tests.Support;

namespace LlmPlatform.ModelService.Tests.Registry;

/// <summary>A folder that could never be served is refused when it is registered, by the name of the file that is wrong.</summary>
public sealed class DamagedModelTests : RegistryFixture
{
    [Fact]
    public Task Truncated_weights() => RefusedAsync("model.safetensors", folder =>
    {
        string path = Path.Combine(folder, "model.safetensors");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^100]);
    });

    [Fact]
    public Task A_header_that_claims_ten_terabytes() => RefusedAsync("model.safetensors", folder =>
    {
        string path = Path.Combine(folder, "model.safetensors");
        byte[] bytes = File.ReadAllBytes(path);
        BinaryPrimitives.WriteInt64LittleEndian(bytes, 10_000_000_000_000);
        File.WriteAllBytes(path, bytes);
    });

    [Fact]
    public Task Half_a_tokenizer() => RefusedAsync("tokenizer.json", folder =>
    {
        string path = Path.Combine(folder, "tokenizer.json");
        byte[] bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
    });

    [Fact]
    public Task A_config_that_is_no_json() => RefusedAsync("config.json", folder => File.WriteAllText(Path.Combine(folder, "config.json"), "{\"model_type\": "));

    [Fact]
    public Task No_config() => RefusedAsync("config.json", folder => File.Delete(Path.Combine(folder, "config.json")));

    [Fact]
    public Task No_weights() => RefusedAsync("safetensors", folder => File.Delete(Path.Combine(folder, "model.safetensors")));

    [Fact]
    public Task Pickled_weights_only() => RefusedAsync("pytorch_model.bin", folder =>
        File.Move(Path.Combine(folder, "model.safetensors"), Path.Combine(folder, "pytorch_model.bin")));

    [Fact]
    public Task A_kind_of_model_that_is_not_known() => RefusedAsync("config.json", folder =>
    {
        string path = Path.Combine(folder, "config.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"llama\"", "\"perceptron\"", StringComparison.Ordinal));
    });

    private async Task RefusedAsync(string file, Action<string> damage)
    {
        string folder = await DecoderAsync();
        damage(folder);
        RegisterModelRequest request = await A.UploadFolderAsync(folder, "tiny");
        RpcException error = await Refusal.WithAsync(StatusCode.InvalidArgument, async () => await A.Models.RegisterAsync(request));
        Assert.Contains(file, error.Status.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(Path.GetTempPath(), error.Status.Detail, StringComparison.Ordinal);
        Assert.Empty((await A.Models.ListAsync(new ListModelsRequest { AllVersions = true })).Models);
    }
}
