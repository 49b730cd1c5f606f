using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.ServiceDefaults.Hosting;
using LlmPlatform.ServiceDefaults.Identity;
using LlmPlatform.ServiceDefaults.Messaging;
using LlmPlatform.TrainingService.Data;
using LlmPlatform.TrainingService.Messaging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TrainingClient = LlmPlatform.Contracts.Training.V1.Training.TrainingClient;

namespace LlmPlatform.TrainingService.Tests.Support;

/// <summary>The service inside the test, with fakes of the services it calls and of its worker. It can be started again over the same data.</summary>
internal sealed class TrainingHost : IAsyncDisposable
{
    public const string Tenant = "tenant-a";
    public const string BaseModel = "base";

    private readonly string _folder = Directory.CreateTempSubdirectory("llmplatform-training-").FullName;
    private readonly Dictionary<string, string?> _settings;
    private WebApplication? _app;
    private GrpcChannel? _channel;

    private TrainingHost(Backends backends, Dictionary<string, string?>? settings) => (Backends, _settings) = (backends, settings ?? []);

    public Backends Backends { get; }

    public IServiceProvider Services => _app!.Services;

    public string DataFolder => Path.Combine(_folder, "data");

    /// <summary>The client of the test's own tenant.</summary>
    public TrainingClient Client => As(Tenant);

    public static async Task<TrainingHost> StartAsync(Dictionary<string, string?>? settings = null)
    {
        Backends backends = await Backends.StartAsync();
        backends.Models.Add(BaseModel, ModelsState.BaseVersion);
        TrainingHost host = new(backends, settings);
        await host.StartServiceAsync();
        return host;
    }

    public async Task StartServiceAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Platform:DataFolder"] = DataFolder,
            ["Platform:HttpPort"] = "0",
            ["Platform:GrpcPort"] = "0",
            ["Platform:InternalSigningKey"] = Backends.SigningSecret,
            ["Platform:Training:SweepInterval"] = "00:10:00",
            ["Platform:Training:WorkerProgram"] = Path.Combine(AppContext.BaseDirectory, "LlmPlatform.FakeTrainingWorker.dll"),
            ["services:models:grpc:0"] = Backends.Address,
        });
        builder.Configuration.AddInMemoryCollection(_settings);
        builder.Logging.ClearProviders();
        builder.AddServiceDefaults("training");
        builder.AddPlatformMessaging(bus => bus.AddTrainingConsumers());
        builder.ListenOnPlatformPorts();
        builder.AddTraining();
        _app = builder.Build();
        _app.UseServiceDefaults();
        _app.MapDefaultEndpoints();
        _app.MapTraining();
        await _app.StartAsync();
        _channel = GrpcChannel.ForAddress(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Last());
    }

    public async Task StopServiceAsync()
    {
        _channel?.Dispose();
        await _app!.StopAsync();
        await _app.DisposeAsync();
        _app = null;
    }

    public TrainingClient As(string tenant)
    {
        InternalTokens tokens = Services.GetRequiredService<InternalTokens>();
        return new TrainingClient(_channel!.Intercept(headers =>
        {
            headers.Add("authorization", $"Bearer {tokens.Mint(CallerIdentity.User(tenant))}");
            return headers;
        }));
    }

    public TrainingDbContext Database() => Services.GetRequiredService<IDbContextFactory<TrainingDbContext>>().CreateDbContext();

    /// <summary>A recipe for the fake worker.</summary>
    /// <param name="behavior">See <c>FakeBehavior</c>.</param>
    /// <param name="steps">Steps in all, a checkpoint every five.</param>
    /// <param name="milliseconds">How long a step takes.</param>
    public Recipe Recipe(long behavior = FakeTrainingWorker.FakeBehavior.Normal, int steps = 12, int milliseconds = 0) => new()
    {
        Objective = "sft",
        BaseModel = BaseModel,
        TrainingFiles = { Backends.Files.Add(Tenant, "one\ntwo\nthree\n") },
        MaxSteps = steps,
        SaveSteps = 5,
        WarmupSteps = milliseconds,
        Seed = behavior,
    };

    public async Task<Job> CreateAsync(Recipe recipe, string requestId = "") =>
        await Client.CreateJobAsync(new CreateJobRequest { Recipe = recipe, RequestId = requestId });

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await StopServiceAsync();
        }

        await Backends.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
