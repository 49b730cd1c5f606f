using LlmPlatform.Gateway.OpenAi.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmPlatform.Gateway.Tests.OpenAi;

/// <summary>Callers who hang up are no failures of the platform.</summary>
public sealed class HangUpTests
{
    [Theory]
    [InlineData(false, 499)]
    [InlineData(true, 200)]
    public async Task Hanging_up_is_no_error_before_nor_amid_the_answer(bool started, int status)
    {
        DefaultHttpContext http = new();
        Response response = new(started);
        http.Features.Set<IHttpResponseFeature>(response);
        http.Request.Path = "/v1/chat/completions";
        using CancellationTokenSource hangUp = new();
        http.RequestAborted = hangUp.Token;
        await hangUp.CancelAsync();
        OpenAiErrorMiddleware middleware = new(_ => throw new OperationCanceledException(hangUp.Token), NullLogger<OpenAiErrorMiddleware>.Instance);

        await middleware.InvokeAsync(http);

        Assert.Equal(status, response.StatusCode);
    }

    /// <summary>Refuses another status once it has started, as the server's does.</summary>
    private sealed class Response(bool started) : HttpResponseFeature, IHttpResponseFeature
    {
        private int _status = 200;

        public override bool HasStarted => started;

        public new int StatusCode => _status;

        int IHttpResponseFeature.StatusCode
        {
            get => _status;
            set => _status = started ? throw new InvalidOperationException("the response has started") : value;
        }
    }
}
