using System.Text.Json.Nodes;
using LlmPlatform.ModelService.Tests.Support;
using LlmPlatform.Platform.Tests.Samples;

namespace LlmPlatform.ModelService.Tests.Registry;

/// <summary>A service with tiny models at hand, for one test.</summary>
public abstract class RegistryFixture : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private int _folders;

    private protected ModelHost Host { get; private set; } = null!;

    private protected Caller A { get; private set; } = null!;

    private protected Caller B { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync()
    {
        Host = await ModelHost.StartAsync(_folder.Combine("data"), await SettingsAsync());
        A = Host.As("a");
        B = Host.As("b");
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected virtual Task<Dictionary<string, string?>> SettingsAsync() => Task.FromResult<Dictionary<string, string?>>([]);

    /// <summary>A decoder's folder; another seed gives another version.</summary>
    private protected Task<string> DecoderAsync(int seed = 1) => TinyModels.WriteDecoderAsync(NewFolder(), seed);

    private protected Task<string> EncoderAsync() => TinyModels.WriteEncoderAsync(NewFolder());

    /// <summary>An adapter's folder for any of the decoders; another seed gives another version.</summary>
    private protected Task<string> AdapterAsync(int seed = 1, Action<JsonObject>? change = null) => TinyAdapters.WriteAsync(NewFolder(), seed, change);

    private string NewFolder() => _folder.Combine($"model-{_folders++}");
}
