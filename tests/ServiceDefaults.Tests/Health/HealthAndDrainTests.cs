using System.Net;
using Grpc.Core;
using Grpc.Health.V1;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.ServiceDefaults.Health;
using LlmPlatform.ServiceDefaults.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ModelsClient = LlmPlatform.Contracts.Models.V1.Models.ModelsClient;

namespace LlmPlatform.ServiceDefaults.Tests.Health;

public sealed class HealthAndDrainTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_process_is_alive_and_ready()
    {
        await using TestHost host = await TestHost.StartAsync();
        using HttpClient http = host.HttpClient();

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/alive", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health", Ct)).StatusCode);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, await GrpcHealthAsync(host));
    }

    [Fact]
    public async Task A_check_that_fails_makes_it_not_ready_but_alive()
    {
        await using TestHost host = await TestHost.StartAsync(builder => builder.Services.AddHealthChecks()
            .AddCheck("model", () => HealthCheckResult.Unhealthy("still loading"), [HealthExtensions.ReadyTag]));
        using HttpClient http = host.HttpClient();

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/alive", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/health", Ct)).StatusCode);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, await GrpcHealthAsync(host));
    }

    [Fact]
    public async Task While_it_drains_running_calls_finish_new_ones_are_refused_and_it_is_not_ready()
    {
        Gate gate = new();
        await using TestHost host = await StartAsync(gate, TimeSpan.FromSeconds(30));
        using HttpClient http = host.HttpClient();
        ModelsClient client = new(host.Channel());
        Task<ModelVersion> running = client.GetAsync(new GetModelRequest { Model = "chat" }, cancellationToken: Ct).ResponseAsync;
        await gate.Entered.Task.WaitAsync(Ct);

        Task stop = host.App.StopAsync(Ct);
        await WaitAsync(() => host.Services.GetRequiredService<DrainState>().Draining);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/health", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/alive", Ct)).StatusCode);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, await GrpcHealthAsync(host));
        HttpResponseMessage refused = await http.GetAsync("/hello", Ct);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await client.GetAsync(new GetModelRequest { Model = "chat" }, cancellationToken: Ct));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.Equal("the service is shutting down", error.Status.Detail);

        Assert.False(stop.IsCompleted);
        gate.Leave.SetResult();
        Assert.Equal("chat", (await running).Name);
        await stop.WaitAsync(TimeSpan.FromSeconds(10), Ct);
    }

    [Fact]
    public async Task What_outlasts_the_drain_is_cancelled_and_told_so()
    {
        Gate gate = new();
        await using TestHost host = await StartAsync(gate, TimeSpan.FromMilliseconds(200));
        Task<ModelVersion> running = new ModelsClient(host.Channel()).GetAsync(new GetModelRequest { Model = "chat" }, cancellationToken: Ct).ResponseAsync;
        await gate.Entered.Task.WaitAsync(Ct);

        await host.App.StopAsync(Ct).WaitAsync(TimeSpan.FromSeconds(10), Ct);

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => running);
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.Equal("the service is shutting down", error.Status.Detail);
    }

    [Fact]
    public async Task A_host_that_calls_itself_still_serves_those_calls()
    {
        Gate gate = new();
        await using TestHost host = await StartAsync(gate, TimeSpan.FromSeconds(30), context => context.Request.Path == "/hello");
        using HttpClient http = host.HttpClient();
        Task<ModelVersion> running = new ModelsClient(host.Channel()).GetAsync(new GetModelRequest(), cancellationToken: Ct).ResponseAsync;
        await gate.Entered.Task.WaitAsync(Ct);
        Task stop = host.App.StopAsync(Ct);
        await WaitAsync(() => host.Services.GetRequiredService<DrainState>().Draining);

        Assert.Equal("hello", await http.GetStringAsync("/hello", Ct));

        gate.Leave.SetResult();
        await running;
        await stop;
    }

    [Fact]
    public async Task An_idle_process_ends_at_once()
    {
        await using TestHost host = await TestHost.StartAsync();

        await host.App.StopAsync(Ct).WaitAsync(TimeSpan.FromSeconds(3), Ct);
    }

    [Theory]
    [InlineData("3", 3)]
    [InlineData("0.5", 0.5)]
    [InlineData("00:01:00", 60)]
    [InlineData(null, 10)]
    public async Task The_drain_timeout_is_seconds_or_a_time_span(string? text, double seconds)
    {
        await using TestHost host = await TestHost.StartAsync(settings: new() { ["Platform:DrainTimeout"] = text });

        Assert.Equal(TimeSpan.FromSeconds(seconds), host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<DrainOptions>>().Value.Timeout);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("-1")]
    [InlineData("NaN")]
    [InlineData("99999")]
    public async Task A_wrong_drain_timeout_is_refused_by_name(string text)
    {
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => TestHost.StartAsync(settings: new() { ["Platform:DrainTimeout"] = text }));

        Assert.Contains("Platform:DrainTimeout", error.Message, StringComparison.Ordinal);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
    }

    private static async Task<HealthCheckResponse.Types.ServingStatus> GrpcHealthAsync(TestHost host) =>
        (await new global::Grpc.Health.V1.Health.HealthClient(host.Channel()).CheckAsync(new HealthCheckRequest(), cancellationToken: Ct)).Status;

    private static async Task WaitAsync(Func<bool> condition)
    {
        for (int i = 0; i < 1000 && !condition(); i++)
        {
            await Task.Delay(10, Ct);
        }

        Assert.True(condition());
    }

    private static Task<TestHost> StartAsync(Gate gate, TimeSpan drain, Func<HttpContext, bool>? stillServed = null) => TestHost.StartAsync(
        builder =>
        {
            builder.Services.AddSingleton(new ScriptedModels.Script
            {
                Get = async (request, context) =>
                {
                    gate.Entered.TrySetResult();
                    await gate.Leave.Task.WaitAsync(context.CancellationToken);
                    return new ModelVersion { Name = request.Model };
                },
            });
            builder.Services.Configure<DrainOptions>(options =>
            {
                options.Timeout = drain;
                options.StillServed = stillServed ?? options.StillServed;
            });
        },
        app =>
        {
            app.MapGrpcService<ScriptedModels>();
            app.MapGet("/hello", () => "hello");
        });

    private sealed class Gate
    {
        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Leave { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
