using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace LlmPlatform.ServiceDefaults.Health;

/// <summary>Counts running calls, refuses new ones while the process drains and cancels those that outlast the drain.</summary>
internal sealed class DrainMiddleware(RequestDelegate next, DrainState state, IOptions<DrainOptions> options)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public async Task InvokeAsync(HttpContext context)
    {
        if (HealthPaths.IsHealth(context.Request.Path))
        {
            await next(context);
            return;
        }

        if (!state.TryEnter(evenWhileDraining: options.Value.StillServed(context)))
        {
            await EdgeErrors.WriteAsync(context, RpcErrors.Unavailable("the service is shutting down", RetryAfter), "service_unavailable");
            return;
        }

        using CancellationTokenSource aborted = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted, options.Value.CancelledAtTimeout(context) ? state.CallsCancelled : CancellationToken.None);
        CancellationToken original = context.RequestAborted;
        context.RequestAborted = aborted.Token;
        try
        {
            await next(context);
        }
        finally
        {
            context.RequestAborted = original;
            state.Leave();
        }
    }
}
