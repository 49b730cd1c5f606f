using Grpc.Core;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Grpc;
using LlmPlatform.ServiceDefaults.Identity;
using LlmPlatform.ServiceDefaults.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ModelsClient = LlmPlatform.Contracts.Models.V1.Models.ModelsClient;

namespace LlmPlatform.ServiceDefaults.Tests.Grpc;

/// <summary>A service in front of another: <c>_front</c> calls <c>_back</c> through a platform client.</summary>
public sealed class PlatformClientTests : IAsyncLifetime
{
    private readonly ScriptedModels.Script _frontScript = new();
    private readonly ScriptedModels.Script _backScript = new();
    private TestHost _back = null!;
    private TestHost _front = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ModelsClient Inner => _front.Services.GetRequiredService<ModelsClient>();

    private ICallerTokens CallerTokens => _front.Services.GetRequiredService<ICallerTokens>();

    private string AcmeToken => _front.Services.GetRequiredService<InternalTokens>().Mint(CallerIdentity.User("acme"));

    public async ValueTask InitializeAsync()
    {
        _back = await StartAsync(_backScript, null);
        _front = await StartAsync(_frontScript, _back.GrpcAddress);
        _frontScript.Get = async (request, _) => await Inner.GetAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        await _front.DisposeAsync();
        await _back.DisposeAsync();
    }

    [Fact]
    public async Task The_callers_token_goes_on() => Assert.Equal("acme", (await CallFrontAsync()).Tenant);

    [Fact]
    public async Task Without_a_caller_there_is_no_token() => Assert.Equal(
        StatusCode.Unauthenticated, (await Assert.ThrowsAsync<RpcException>(async () => await Inner.GetAsync(new GetModelRequest(), cancellationToken: Ct))).StatusCode);

    [Fact]
    public async Task Background_work_acts_as_its_rows_tenant_until_the_scope_ends()
    {
        using (CallerTokens.ActAs(CallerIdentity.User("row-tenant")))
        {
            using (CallerTokens.ActAs(CallerIdentity.User("inner")))
            {
                Assert.Equal("inner", (await Inner.GetAsync(new GetModelRequest(), cancellationToken: Ct)).Tenant);
            }

            Assert.Equal("row-tenant", (await Inner.GetAsync(new GetModelRequest(), cancellationToken: Ct)).Tenant);
        }

        Assert.Null(CallerTokens.Caller);
        Assert.Null(CallerTokens.GetToken());
    }

    [Fact]
    public async Task A_token_given_with_the_call_stays()
    {
        Metadata headers = Calls.Bearer(AcmeToken);
        using (CallerTokens.ActAs(CallerIdentity.User("other")))
        {
            Assert.Equal("acme", (await Inner.GetAsync(new GetModelRequest(), headers, cancellationToken: Ct)).Tenant);
        }

        Assert.Single(headers);
    }

    [Fact]
    public async Task An_error_comes_through_with_its_details()
    {
        _backScript.Get = (_, _) => throw RpcErrors.InvalidArgument("model", "x", "a known model");

        RpcException error = await Assert.ThrowsAsync<RpcException>(CallFrontAsync);

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal("model", Assert.Single(error.GetFieldViolations()).Field);
    }

    [Fact]
    public async Task The_deadline_goes_on()
    {
        DateTime deadline = DateTime.UtcNow.AddSeconds(40);
        DateTime seen = default;
        _backScript.Get = (_, context) =>
        {
            seen = context.Deadline;
            return Task.FromResult(new ModelVersion());
        };

        await CallFrontAsync(deadline);

        Assert.InRange(seen, deadline.AddSeconds(-5), deadline.AddSeconds(5));
    }

    [Fact]
    public async Task Cancellation_goes_on()
    {
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _backScript.Get = async (_, context) =>
        {
            using CancellationTokenRegistration registration = context.CancellationToken.Register(cancelled.SetResult);
            entered.SetResult();
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return new ModelVersion();
        };
        using CancellationTokenSource away = new();
        Task<ModelVersion> call = new ModelsClient(_front.Channel())
            .GetAsync(new GetModelRequest(), Calls.Bearer(AcmeToken), cancellationToken: away.Token).ResponseAsync;
        await entered.Task.WaitAsync(Ct);
        await away.CancelAsync();

        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10), Ct);
        await Assert.ThrowsAsync<RpcException>(() => call);
    }

    [Fact]
    public async Task An_idempotent_call_is_tried_again_after_UNAVAILABLE()
    {
        int calls = 0;
        _backScript.Get = (_, _) => ++calls < 3 ? throw RpcErrors.Unavailable("restarting", TimeSpan.FromMilliseconds(10)) : Task.FromResult(new ModelVersion { Name = "chat" });

        Assert.Equal("chat", (await CallFrontAsync()).Name);
        Assert.Equal(3, calls);
    }

    [Theory]
    [InlineData(StatusCode.Internal)]
    [InlineData(StatusCode.ResourceExhausted)]
    [InlineData(StatusCode.DeadlineExceeded)]
    public async Task After_another_error_nothing_is_tried_again(StatusCode code)
    {
        int calls = 0;
        _backScript.Get = (_, _) =>
        {
            calls++;
            throw RpcErrors.Create(code, "no");
        };

        await Assert.ThrowsAsync<RpcException>(CallFrontAsync);
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task A_call_that_is_not_named_idempotent_is_never_tried_again()
    {
        int calls = 0;
        _backScript.Delete = () =>
        {
            calls++;
            throw RpcErrors.Unavailable("restarting", TimeSpan.Zero);
        };
        using (CallerTokens.ActAs(CallerIdentity.User("acme")))
        {
            await Assert.ThrowsAsync<RpcException>(async () => await Inner.DeleteAsync(new DeleteModelRequest(), cancellationToken: Ct));
        }

        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task Calls_leave_no_lines_in_the_log()
    {
        await CallFrontAsync();

        Assert.DoesNotContain(_front.Log.Entries.Concat(_back.Log.Entries), entry => !entry.Category.StartsWith("Microsoft.Hosting", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Fetch")]
    [InlineData("Download")]
    public void Only_unary_methods_that_exist_can_be_named_idempotent(string method) =>
        Assert.Contains(method, Assert.Throws<ArgumentException>(() => PlatformClientExtensions.RetryConfig(typeof(ModelsClient), [method])).Message, StringComparison.Ordinal);

    private static Task<TestHost> StartAsync(ScriptedModels.Script script, Uri? behind) => TestHost.StartAsync(
        builder =>
        {
            builder.Services.AddSingleton(script);
            builder.AddPlatformClient<ModelsClient>("models", "Get");
        },
        app => app.MapGrpcService<ScriptedModels>().RequireAuthorization(Policies.Caller),
        settings: new() { ["services:models:grpc:0"] = behind?.ToString() });

    private Task<ModelVersion> CallFrontAsync() => CallFrontAsync(null);

    private Task<ModelVersion> CallFrontAsync(DateTime? deadline) =>
        new ModelsClient(_front.Channel()).GetAsync(new GetModelRequest(), Calls.Bearer(AcmeToken), deadline, Ct).ResponseAsync;
}
