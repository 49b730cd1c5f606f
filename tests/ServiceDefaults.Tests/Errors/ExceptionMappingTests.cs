using Grpc.Core;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Hub;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Grpc;
using LlmPlatform.ServiceDefaults.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelsClient = LlmPlatform.Contracts.Models.V1.Models.ModelsClient;

namespace LlmPlatform.ServiceDefaults.Tests.Errors;

public sealed class ExceptionMappingTests : IAsyncLifetime
{
    private readonly ScriptedModels.Script _script = new();
    private TestHost _host = null!;
    private ModelsClient _client = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await TestHost.StartAsync(
            builder => builder.Services
                .AddSingleton(_script)
                .MapException<QuotaException>(exception => RpcErrors.ResourceExhausted(exception.Message, TimeSpan.FromSeconds(7))),
            app => app.MapGrpcService<ScriptedModels>());
        _client = new ModelsClient(_host.Channel());
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Field_violations_reach_the_caller()
    {
        RpcException error = await CallAsync(RpcErrors.InvalidArgument("model", "", "a name"));

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal("model", Assert.Single(error.GetFieldViolations()).Field);
    }

    [Fact]
    public async Task An_invalid_model_file_is_INVALID_ARGUMENT_without_the_servers_path()
    {
        RpcException error = await CallAsync(new InvalidModelFileException("/srv/secret/model.safetensors", "header", 10_000_000_000_000, "at most 100 MB"));

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Equal("model.safetensors: header: found 10000000000000, expected at most 100 MB", error.Status.Detail);
    }

    [Fact]
    public async Task An_unexpected_exception_is_INTERNAL_with_a_trace_id_and_logged_once()
    {
        RpcException error = await CallAsync(new FormatException("the password is hunter2"));

        Assert.Equal(StatusCode.Internal, error.StatusCode);
        Assert.Matches("^internal error; trace id [0-9a-f]{32}$", error.Status.Detail);
        ListLoggerProvider.Entry entry = Assert.Single(_host.Log.Entries, entry => entry.Exception is FormatException || entry.Level >= LogLevel.Error);
        Assert.Equal(LogLevel.Error, entry.Level);
        Assert.Contains(error.Status.Detail[^32..], entry.Message, StringComparison.Ordinal);
        Assert.IsType<FormatException>(entry.Exception);
    }

    [Fact]
    public async Task A_registered_exception_is_what_its_mapping_says_and_so_are_types_derived_from_it()
    {
        Assert.Equal(TimeSpan.FromSeconds(7), (await CallAsync(new QuotaException("quota"))).GetRetryDelay());
        Assert.Equal(StatusCode.ResourceExhausted, (await CallAsync(new MonthlyQuotaException("monthly quota"))).StatusCode);
    }

    [Fact]
    public async Task Cancellation_is_CANCELLED() =>
        Assert.Equal(StatusCode.Cancelled, (await CallAsync(new OperationCanceledException())).StatusCode);

    [Fact]
    public async Task A_busy_database_is_UNAVAILABLE_with_a_delay()
    {
        RpcException error = await CallAsync(new SqliteException("database is locked", 5));

        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.NotNull(error.GetRetryDelay());
    }

    [Fact]
    public async Task A_stream_that_breaks_midway_ends_with_an_error()
    {
        _script.Download = async (_, stream, _) =>
        {
            await stream.WriteAsync(new DownloadModelResponse { File = new ModelFile { Path = "a" } }, Ct);
            throw new FormatException("broken");
        };
        using AsyncServerStreamingCall<DownloadModelResponse> call = _client.Download(new DownloadModelRequest(), cancellationToken: Ct);

        Assert.True(await call.ResponseStream.MoveNext(Ct));
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await call.ResponseStream.MoveNext(Ct));
        Assert.Equal(StatusCode.Internal, error.StatusCode);
    }

    [Fact]
    public async Task A_caller_that_goes_away_cancels_the_handler_and_leaves_no_error_in_the_log()
    {
        TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _script.Get = async (_, context) =>
        {
            entered.SetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
            }
            finally
            {
                cancelled.SetResult();
            }

            return new ModelVersion();
        };
        using CancellationTokenSource away = new();
        Task<ModelVersion> call = _client.GetAsync(new GetModelRequest(), cancellationToken: away.Token).ResponseAsync;
        await entered.Task.WaitAsync(Ct);
        await away.CancelAsync();

        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10), Ct);
        await Assert.ThrowsAsync<RpcException>(() => call);
        Assert.DoesNotContain(_host.Log.Entries, entry => entry.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task A_message_over_the_limit_is_refused_and_one_of_4_MiB_is_not()
    {
        string tooLong = new('a', PlatformGrpc.MaxMessageBytes + 1);
        _script.Get = (request, _) => Task.FromResult(new ModelVersion { Size = request.Model.Length });

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await _client.GetAsync(new GetModelRequest { Model = tooLong }, cancellationToken: Ct));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Equal(4 << 20, (await _client.GetAsync(new GetModelRequest { Model = tooLong[..(4 << 20)] }, cancellationToken: Ct)).Size);
    }

    private async Task<RpcException> CallAsync(Exception thrown)
    {
        _script.Get = (_, _) => throw thrown;
        return await Assert.ThrowsAsync<RpcException>(async () => await _client.GetAsync(new GetModelRequest(), cancellationToken: Ct));
    }

    private class QuotaException(string message) : Exception(message);

    private sealed class MonthlyQuotaException(string message) : QuotaException(message);
}
