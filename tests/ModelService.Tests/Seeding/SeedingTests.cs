using Grpc.Core;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.ModelService.Tests.Support;
using LlmPlatform.Platform.Tests.Samples;

namespace LlmPlatform.ModelService.Tests.Seeding;

/// <summary><c>Platform:Models:N</c>: folders that are registered at start.</summary>
public sealed class SeedingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_is_registered_once_and_a_promotion_outlives_the_next_start()
    {
        string folder = await TinyModels.WriteDecoderAsync(_folder.Combine("tiny"));
        string seeded, other;
        await using (ModelHost host = await StartAsync(("0", folder, null, null)))
        {
            Caller local = host.As("local");
            ModelVersion version = await local.Models.GetAsync(new GetModelRequest { Model = "tiny" });
            seeded = version.Version;
            Assert.Equal(("local", "tiny"), (version.Tenant, version.Lineage.Source));
            Assert.Contains(host.Log.Lines, line => line.Contains("Registering model tiny from", StringComparison.Ordinal));
            Assert.Empty(await local.ListFilesAsync());
            other = (await local.RegisterFolderAsync(await TinyModels.WriteDecoderAsync(_folder.Combine("other"), seed: 2), "tiny")).Version;
            await local.Models.PromoteAsync(new PromoteRequest { Name = "tiny", Alias = "default", Version = other });
        }

        await using (ModelHost host = await StartAsync(("0", folder, null, null)))
        {
            Caller local = host.As("local");
            Assert.DoesNotContain(host.Log.Lines, line => line.Contains("Registering", StringComparison.Ordinal));
            Assert.Equal(other, (await local.Models.GetAsync(new GetModelRequest { Model = "tiny" })).Version);
            Assert.Equal(2, (await local.Models.ListAsync(new ListModelsRequest { AllVersions = true })).Models.Count);
        }

        // What changed in the folder is a new version, and the one that answers.
        await TinyModels.WriteDecoderAsync(folder, seed: 3);
        await using (ModelHost host = await StartAsync(("0", folder, null, null)))
        {
            string now = (await host.As("local").Models.GetAsync(new GetModelRequest { Model = "tiny" })).Version;
            Assert.DoesNotContain(now, new[] { seeded, other });
        }
    }

    [Fact]
    public async Task The_platforms_models_are_read_by_all_and_written_by_none()
    {
        string folder = await TinyModels.WriteDecoderAsync(_folder.Combine("starter"));
        await using ModelHost host = await StartAsync(("0", folder, "starter", "platform"));
        foreach (string tenant in new[] { "a", "local" })
        {
            Caller caller = host.As(tenant);
            ModelVersion version = await caller.Models.GetAsync(new GetModelRequest { Model = "starter" });
            Assert.Equal("platform", version.Tenant);
            Assert.Equal(version, Assert.Single((await caller.Models.ListAsync(new ListModelsRequest())).Models));
            Assert.Equal(version.Files.Count, (await caller.DownloadModelAsync($"starter@{version.Version}")).Count);
            await Refusal.WithAsync(StatusCode.PermissionDenied, async () => await caller.Models.DeleteAsync(new DeleteModelRequest { Name = "starter" }));
            await Refusal.WithAsync(StatusCode.PermissionDenied, async () => await caller.Models.DeleteAsync(new DeleteModelRequest { Name = "starter", Version = version.Version }));
            await Refusal.WithAsync(StatusCode.PermissionDenied, async () =>
                await caller.Models.PromoteAsync(new PromoteRequest { Name = "starter", Alias = "x", Version = version.Version }));
        }

        // A model of one's own with the same name comes first, for its owner alone.
        Caller a = host.As("a");
        ModelVersion own = await a.RegisterFolderAsync(await TinyModels.WriteDecoderAsync(_folder.Combine("own"), seed: 2), "starter", "starter");
        Assert.Equal(own, await a.Models.GetAsync(new GetModelRequest { Model = "starter" }));
        Assert.Equal("platform", (await host.As("b").Models.GetAsync(new GetModelRequest { Model = "starter" })).Tenant);
        Assert.Equal(2, (await a.Models.ListAsync(new ListModelsRequest())).Models.Count);
    }

    [Fact]
    public async Task What_cannot_be_registered_is_said_and_the_rest_goes_on()
    {
        string good = await TinyModels.WriteDecoderAsync(_folder.Combine("good"));
        string bad = await TinyModels.WriteDecoderAsync(_folder.Combine("bad"));
        string weights = Path.Combine(bad, "model.safetensors");
        await File.WriteAllBytesAsync(weights, (await File.ReadAllBytesAsync(weights, TestContext.Current.CancellationToken))[..50], TestContext.Current.CancellationToken);
        await using ModelHost host = await StartAsync(("0", _folder.Combine("nowhere"), "gone", null), ("1", bad, null, null), ("2", good, null, null));
        Assert.Equal("good", Assert.Single((await host.As("local").Models.ListAsync(new ListModelsRequest())).Models).Name);
        Assert.Contains(host.Log.Lines, line => line.StartsWith("Error: Model gone", StringComparison.Ordinal) && line.Contains("no such folder", StringComparison.Ordinal));
        Assert.Contains(host.Log.Lines, line => line.StartsWith("Error: Model bad", StringComparison.Ordinal) && line.Contains("model.safetensors", StringComparison.Ordinal));
        Assert.Empty(await host.As("local").ListFilesAsync());
    }

    [Theory]
    [InlineData("Name", "a b")]
    [InlineData("Tenant", "No Tenant")]
    [InlineData("Path", null)]
    public async Task A_wrong_setting_ends_the_start_and_is_named(string key, string? value)
    {
        Dictionary<string, string?> settings = new() { ["Platform:Models:0:Path"] = _folder.FullPath, ["Platform:Models:0:Name"] = "x" };
        settings[$"Platform:Models:0:{key}"] = value;
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => ModelHost.StartAsync(_folder.Combine("data"), settings));
        Assert.Contains($"Platform:Models:0:{key}", error.Message, StringComparison.Ordinal);
    }

    private async Task<ModelHost> StartAsync(params (string Index, string Path, string? Name, string? Tenant)[] seeds)
    {
        Dictionary<string, string?> settings = [];
        foreach ((string index, string path, string? name, string? tenant) in seeds)
        {
            settings[$"Platform:Models:{index}:Path"] = path;
            if (name is not null)
            {
                settings[$"Platform:Models:{index}:Name"] = name;
            }

            if (tenant is not null)
            {
                settings[$"Platform:Models:{index}:Tenant"] = tenant;
            }
        }

        ModelHost host = await ModelHost.StartAsync(_folder.Combine("data"), settings);
        using HttpClient client = new() { BaseAddress = host.Http };
        await Eventually.TrueAsync(() => client.GetAsync("/health").GetAwaiter().GetResult().IsSuccessStatusCode, "the service is ready");
        return host;
    }
}
