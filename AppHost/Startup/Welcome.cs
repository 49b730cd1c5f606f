using System.Net;
using System.Reflection;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.ServiceDefaults.Data;
using LlmPlatform.ServiceDefaults.Health;
using LlmPlatform.ServiceDefaults.Hosting;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LlmPlatform.AppHost.Startup;

/// <summary>Says on the console what starts, and once everything is ready where it is and what to try.</summary>
internal sealed class Welcome(
    EmbeddedPorts ports,
    DataFolder dataFolder,
    HealthCheckService health,
    Models.ModelsClient models,
    ICallerTokens tokens,
    IHostApplicationLifetime lifetime,
    TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly long _start = clock.GetTimestamp();

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        string version = Assembly.GetExecutingAssembly().GetName().Version?.ToString(3) ?? "";
        Console.WriteLine($"LlmPlatform {version} starts; its data is in {dataFolder.FullPath}");
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using (lifetime.ApplicationStarted.Register(started.SetResult))
        {
            await started.Task.WaitAsync(stoppingToken);
        }

        while ((await health.CheckHealthAsync(check => check.Tags.Contains(HealthExtensions.ReadyTag), stoppingToken)).Status != HealthStatus.Healthy)
        {
            await Task.Delay(Pause, clock, stoppingToken);
        }

        IReadOnlyList<ModelVersion> known = await KnownModelsAsync(stoppingToken);
        Console.WriteLine(Text(known, clock.GetElapsedTime(_start)));
    }

    private async Task<IReadOnlyList<ModelVersion>> KnownModelsAsync(CancellationToken cancellationToken)
    {
        using IDisposable scope = tokens.ActAs(CallerIdentity.User(Tenants.Local));
        return (await models.ListAsync(new ListModelsRequest(), cancellationToken: cancellationToken)).Models;
    }

    private string Text(IReadOnlyList<ModelVersion> known, TimeSpan elapsed)
    {
        PlatformPorts open = ports.Public;
        string host = open.BindAddress.Equals(IPAddress.Any) || open.BindAddress.Equals(IPAddress.IPv6Any) ? "localhost" : open.BindAddress.ToString();
        string web = $"http://{host}:{open.HttpPort}";
        string grpc = $"http://{host}:{open.GrpcPort}";
        return $"""

            Ready after {elapsed.TotalSeconds:F1} s.
              Page and HTTP API   {web}
              API reference       {web}/scalar
              gRPC                {grpc}
              Models              {(known.Count == 0 ? "none yet" : string.Join(", ", known.Select(model => model.Name)))}

            Three things to try:
            {Suggestions(known, web, grpc)}

            Ctrl+C ends it.
            """;
    }

    private static string Suggestions(IReadOnlyList<ModelVersion> known, string web, string grpc)
    {
        const string PullId = "HuggingFaceTB/SmolLM2-135M-Instruct";
        string server = grpc.EndsWith(":8081", StringComparison.Ordinal) ? "" : $" --server {grpc}";
        ModelVersion? chat = known.FirstOrDefault(model => model is { Task: ModelTask.TextGeneration, HasChatTemplate: true });
        return chat is null
            ? $"""
                1. Fetch a chat model:        llm pull {PullId}{server}
                2. Or add one from a folder:  llm models add PATH{server}
                3. Then open {web} and chat
              """
            : $$"""
                1. Open {{web}} and chat
                2. curl {{web}}/v1/chat/completions -H 'Content-Type: application/json' -d '{"model":"{{chat.Name}}","messages":[{"role":"user","content":"What is the capital of France?"}]}'
                3. llm chat "Tell me a joke" --model {{chat.Name}}{{server}}
              """;
    }
}
