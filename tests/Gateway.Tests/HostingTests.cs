using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Grpc.Net.Client;
using LlmPlatform.Contracts.Generation.V1;
using LlmPlatform.Gateway.Tests.Fakes;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LlmPlatform.Gateway.Tests;

[Collection(GatewayCollection.Name)]
public sealed class HostingTests(GatewayHost host)
{
    private const string Hello = """{"model":"chat","messages":[{"role":"user","content":"Hi"}]}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task In_a_branch_of_a_larger_application_everything_works_as_well()
    {
        await using var app = GatewayHost.BuildGateway(host.ServicesAddress, Pipelines.Branch);
        await app.StartAsync(Cancellation);
        Uri[] addresses = GatewayHost.AddressesOf(app);
        using HttpClient http = new() { BaseAddress = addresses[0] };
        using GrpcChannel channel = GrpcChannel.ForAddress(addresses[1]);

        foreach (string path in new[] { "/", "/app.js", "/scalar", "/health", "/v1/models" })
        {
            using HttpResponseMessage response = await http.GetAsync(path, Cancellation);
            Assert.True(response.IsSuccessStatusCode, $"{path}: {response.StatusCode}");
        }

        JsonNode document = JsonNode.Parse(await http.GetStringAsync("/openapi/v1.json", Cancellation))!;
        Assert.All(document["paths"]!.AsObject(), path => Assert.StartsWith("/v1/", path.Key));
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync("/v1/chat/completions", Hello, http)).Status);
        Assert.Equal("unknown_url", (await host.PostAsync("/v1/nowhere", "{}", http)).Code);
        Assert.Equal("local", (await new Generation.GenerationClient(channel).GetStatusAsync(new GetStatusRequest(), cancellationToken: Cancellation)).Processor);
    }

    [Fact]
    public async Task A_key_decides_the_tenant()
    {
        using HttpClient http = new() { BaseAddress = host.HttpAddress };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", FakeIdentity.Secret);
        host.Calls.Callers.Clear();
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync("/v1/chat/completions", Hello, http)).Status);

        CallerIdentity caller = Assert.Single(host.Calls.Callers);
        Assert.Equal(FakeIdentity.Tenant, caller.Tenant);
        Assert.Equal([Roles.User], caller.Roles);
    }

    [Fact]
    public async Task A_wrong_key_and_a_needed_one_are_401_in_openais_shape()
    {
        using HttpClient http = new() { BaseAddress = host.HttpAddress };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "llm-wrong");
        Answer wrong = await host.PostAsync("/v1/chat/completions", Hello, http);
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.Status);
        Assert.Equal("invalid_api_key", wrong.Code);
        Assert.StartsWith("req_", wrong.Headers["x-request-id"]);

        FakeIdentity.KeyNeeded = true;
        try
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync("/v1/models")).Status);
            Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/")).Status);
            Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/openapi/v1.json")).Status);
        }
        finally
        {
            FakeIdentity.KeyNeeded = false;
        }
    }

    [Fact]
    public async Task Beyond_loopback_without_a_key_it_ends()
    {
        await using var app = GatewayHost.BuildGateway(host.ServicesAddress, Pipelines.Plain, ("Platform:BindAddress", "0.0.0.0"));
        int exitCode = Environment.ExitCode;
        try
        {
            TaskCompletionSource stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);
            app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(stopping.SetResult);
            await app.StartAsync(Cancellation);
            await stopping.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
            Assert.Equal(1, Environment.ExitCode);
        }
        finally
        {
            Environment.ExitCode = exitCode;
        }
    }

    [Fact]
    public async Task Beyond_loopback_with_a_key_it_stays()
    {
        FakeIdentity.KeyNeeded = true;
        try
        {
            await using var app = GatewayHost.BuildGateway(host.ServicesAddress, Pipelines.Plain, ("Platform:BindAddress", "0.0.0.0"));
            await app.StartAsync(Cancellation);
            KeyNeededBeyondLoopback check = Assert.Single(app.Services.GetServices<IHostedService>().OfType<KeyNeededBeyondLoopback>());
            await check.ExecuteTask!.WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
            Assert.False(app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);
        }
        finally
        {
            FakeIdentity.KeyNeeded = false;
        }
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"chat","temperature":0.5,"max_tokens":9,"seed":3,"messages":[{"role":"user","content":"a private prompt"}]}""", "chat", 12L, 5L)]
    [InlineData("/v1/chat/completions", """{"model":"chat","stream":true,"messages":[{"role":"user","content":"a private prompt"}]}""", "chat", 12L, 5L)]
    [InlineData("/v1/completions", """{"model":"chat","prompt":"a private prompt"}""", "text_completion", 12L, 5L)]
    [InlineData("/v1/embeddings", """{"model":"chat","input":"a private prompt"}""", "embeddings", 16L, null)]
    public async Task The_requests_span_tells_model_and_tokens_and_no_prompt(string path, string body, string operation, long input, long? output)
    {
        List<Activity> ended = [];
        using ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name == "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (ended)
                {
                    ended.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        Answer answer = await host.PostAsync(path, body);
        Assert.Equal(HttpStatusCode.OK, answer.Status);

        Activity span = await FindAsync();
        Assert.Equal("chat", span.GetTagItem("gen_ai.request.model"));
        Assert.Equal(input, span.GetTagItem("gen_ai.usage.input_tokens"));
        Assert.Equal(output, span.GetTagItem("gen_ai.usage.output_tokens"));
        Assert.Equal($"req_{span.TraceId.ToHexString()}", answer.Headers["x-request-id"]);
        Assert.DoesNotContain(ended.ToArray().SelectMany(activity => activity.TagObjects), tag => $"{tag.Value}".Contains("private", StringComparison.Ordinal));

        async Task<Activity> FindAsync()
        {
            for (int attempt = 0; ; attempt++)
            {
                lock (ended)
                {
                    if (ended.Find(activity => operation.Equals(activity.GetTagItem("gen_ai.operation.name"))) is { } found)
                    {
                        return found;
                    }
                }

                Assert.True(attempt < 100, "the span did not end");
                await Task.Delay(20, Cancellation);
            }
        }
    }
}
