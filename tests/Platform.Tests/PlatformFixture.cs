using Grpc.Core;
using Grpc.Net.Client;
using LlmPlatform.Platform.Tests;
using LlmPlatform.Platform.Tests.Samples;
using LlmPlatform.Testing;

[assembly: AssemblyFixture(typeof(PlatformFixture))]

namespace LlmPlatform.Platform.Tests;

/// <summary>
/// One running platform for all tests that do not need one of their own: two tiny models of ours, and the real models of
/// the reference material where it is to be had.
/// </summary>
public sealed class PlatformFixture : IAsyncLifetime
{
    public const string Chat = "smollm2-135m-instruct";
    public const string MiniLm = "all-minilm-l6-v2";
    public const string MultilingualE5 = "multilingual-e5-small-ko-en";
    public const string TinyDecoder = "tiny-decoder";
    public const string TinyEncoder = "tiny-encoder";

    private readonly string _samples = Directory.CreateTempSubdirectory("llmplatform-samples-").FullName;
    private GrpcChannel? _channel;
    private HttpClient? _http;

    public PlatformProcess Platform { get; private set; } = null!;

    /// <summary>The gateway's gRPC port.</summary>
    public CallInvoker Grpc => _channel!.CreateCallInvoker();

    /// <summary>The gateway's HTTP port.</summary>
    public HttpClient Http => _http!;

    /// <summary>The real models that are to be had, by name, and where.</summary>
    public static Dictionary<string, string> RealModels() => new[] { Chat, MiniLm, MultilingualE5 }
        .Where(name => SharedData.TryFind("models", name) is not null)
        .ToDictionary(name => name, name => SharedData.TryFind("models", name)!);

    /// <summary>Skips the calling test where the reference material lacks the model.</summary>
    public static void RequireModel(string name) => SharedData.Require("models", name);

    public async ValueTask InitializeAsync()
    {
        Dictionary<string, string> models = RealModels();
        models[TinyDecoder] = await TinyModels.WriteDecoderAsync(Path.Combine(_samples, TinyDecoder));
        models[TinyEncoder] = await TinyModels.WriteEncoderAsync(Path.Combine(_samples, TinyEncoder));
        Platform = await PlatformProcess.StartAsync(new PlatformProcessOptions { Models = models });
        _channel = GrpcChannel.ForAddress(Platform.Grpc);
        _http = new HttpClient { BaseAddress = Platform.Http };
    }

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        _channel?.Dispose();
        if (Platform is not null)
        {
            await Platform.DisposeAsync();
        }

        Directory.Delete(_samples, recursive: true);
    }
}
