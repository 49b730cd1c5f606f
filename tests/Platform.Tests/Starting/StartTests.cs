using System.Net;
using System.Net.Sockets;
using Grpc.Net.Client;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Platform.Tests.Samples;
using LlmPlatform.Testing;

namespace LlmPlatform.Platform.Tests.Starting;

/// <summary>Starting and ending, as a user meets them.</summary>
public sealed class StartTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("llmplatform-start-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Says_where_it_is_and_three_things_to_try_and_ends_cleanly_at_an_interrupt()
    {
        Dictionary<string, string> models = new() { ["tiny"] = await TinyModels.WriteDecoderAsync(Path.Combine(_folder, "tiny")) };
        await using PlatformProcess platform = await PlatformProcess.StartAsync(new PlatformProcessOptions { Models = models });
        await WaitForAsync(platform, "Ctrl+C ends it.");

        Assert.Contains(platform.Http.ToString().TrimEnd('/'), platform.Output, StringComparison.Ordinal);
        Assert.Contains(platform.Grpc.ToString().TrimEnd('/'), platform.Output, StringComparison.Ordinal);
        Assert.Contains("1. Open", platform.Output, StringComparison.Ordinal);
        Assert.Contains("2. curl", platform.Output, StringComparison.Ordinal);
        Assert.Contains("3. llm chat", platform.Output, StringComparison.Ordinal);
        Assert.Empty(platform.Errors);

        platform.SendInterrupt();
        Assert.Equal(0, await platform.WaitForExitAsync(Patience));
        Assert.Empty(platform.Errors);
    }

    [Fact]
    public async Task Without_a_model_it_says_how_to_get_one()
    {
        await using PlatformProcess platform = await PlatformProcess.StartAsync();
        await WaitForAsync(platform, "Ctrl+C ends it.");
        Assert.Contains("llm pull", platform.Output, StringComparison.Ordinal);
        Assert.Contains("llm models add", platform.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Platform__HttpPort", "Platform:HttpPort")]
    [InlineData("Platform__GrpcPort", "Platform:GrpcPort")]
    public async Task A_port_in_use_is_said_in_one_line(string variable, string setting)
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;
        string line = await FailAsync(new Dictionary<string, string> { [variable] = $"{port}" });
        Assert.Contains($"port {port}", line, StringComparison.Ordinal);
        Assert.Contains("in use", line, StringComparison.Ordinal);
        Assert.Contains(setting, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_folder_in_use_is_said_in_one_line()
    {
        string data = Path.Combine(_folder, "data");
        await using PlatformProcess first = await PlatformProcess.StartAsync(new PlatformProcessOptions { DataFolder = data });
        string line = await FailAsync(new Dictionary<string, string>(), data);
        Assert.Contains(data, line, StringComparison.Ordinal);
        Assert.Contains("in use", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Platform__HttpPort", "http", "Platform:HttpPort")]
    [InlineData("Platform__BindAddress", "somewhere", "Platform:BindAddress")]
    [InlineData("Platform__Generation__MaxActiveSequences", "0", "Platform:Generation:MaxActiveSequences")]
    [InlineData("Platform__Generation__Threads", "many", "Platform:Generation:Threads")]
    [InlineData("Platform__DrainTimeout", "soon", "Platform:DrainTimeout")]
    public async Task A_wrong_setting_is_said_in_one_line(string variable, string value, string setting)
    {
        string line = await FailAsync(new Dictionary<string, string> { [variable] = value });
        Assert.Contains(setting, line, StringComparison.Ordinal);
        Assert.Contains(value, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beyond_loopback_it_does_not_run_without_an_api_key()
    {
        await using PlatformProcess platform = PlatformProcess.Launch(new PlatformProcessOptions
        {
            Environment = new Dictionary<string, string> { ["Platform__BindAddress"] = "0.0.0.0" },
        });
        Assert.NotEqual(0, await platform.WaitForExitAsync(Patience));
        string line = Assert.Single(Lines(platform.Errors));
        Assert.Contains("Platform:BindAddress", line, StringComparison.Ordinal);
        Assert.Contains("llm keys create", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Urls_of_the_web_server_are_ignored()
    {
        await using PlatformProcess platform = await PlatformProcess.StartAsync(new PlatformProcessOptions
        {
            Environment = new Dictionary<string, string> { ["ASPNETCORE_URLS"] = "http://0.0.0.0:1", ["ASPNETCORE_HTTP_PORTS"] = "1" },
        });
        Assert.Empty(platform.Errors);
    }

    [Fact]
    public async Task Models_are_still_there_after_a_restart_and_it_is_ready_in_ten_seconds()
    {
        string data = Path.Combine(_folder, "data");
        Dictionary<string, string> models = new() { ["tiny"] = await TinyModels.WriteDecoderAsync(Path.Combine(_folder, "tiny")) };
        ModelVersion before;
        await using (PlatformProcess first = await PlatformProcess.StartAsync(new PlatformProcessOptions { DataFolder = data, Models = models }))
        {
            before = Assert.Single(await ListAsync(first));
        }

        await using PlatformProcess second = await PlatformProcess.StartAsync(new PlatformProcessOptions { DataFolder = data });
        ModelVersion after = Assert.Single(await ListAsync(second));
        Assert.Equal((before.Name, before.Version), (after.Name, after.Version));
        TestContext.Current.TestOutputHelper?.WriteLine($"ready {second.ReadyAfter.TotalSeconds:F1} s after the second start");
        Assert.InRange(second.ReadyAfter, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    private static async Task<IReadOnlyList<ModelVersion>> ListAsync(PlatformProcess platform)
    {
        using GrpcChannel channel = GrpcChannel.ForAddress(platform.Grpc);
        return (await new Models.ModelsClient(channel).ListAsync(new ListModelsRequest())).Models;
    }

    /// <summary>Starts a platform that must not come up; gives the one line it says.</summary>
    private static async Task<string> FailAsync(IReadOnlyDictionary<string, string> environment, string? dataFolder = null)
    {
        await using PlatformProcess platform = PlatformProcess.Launch(new PlatformProcessOptions { Environment = environment, DataFolder = dataFolder });
        Assert.Equal(2, await platform.WaitForExitAsync(Patience));
        return Assert.Single(Lines(platform.Errors));
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static async Task WaitForAsync(PlatformProcess platform, string text)
    {
        using CancellationTokenSource limit = new(Patience);
        while (!platform.Output.Contains(text, StringComparison.Ordinal))
        {
            await Task.Delay(20, limit.Token);
        }
    }
}
