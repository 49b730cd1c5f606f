using Grpc.Core;
using Grpc.Core.Interceptors;
using LlmPlatform.ServiceDefaults.Health;

namespace LlmPlatform.ServiceDefaults.Errors;

/// <summary>The outermost interceptor of every gRPC service: no exception leaves a service as it is.</summary>
internal sealed class ExceptionMappingInterceptor(ExceptionMapper mapper, DrainState drain) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception exception)
        {
            throw Map(exception, context);
        }
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(requestStream, context);
        }
        catch (Exception exception)
        {
            throw Map(exception, context);
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, new WholeMessageWriter<TResponse>(responseStream), context);
        }
        catch (Exception exception)
        {
            throw Map(exception, context);
        }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(requestStream, new WholeMessageWriter<TResponse>(responseStream), context);
        }
        catch (Exception exception)
        {
            throw Map(exception, context);
        }
    }

    private RpcException Map(Exception exception, ServerCallContext context) => mapper.Map(
        exception,
        context.Method,
        callCancelled: context.CancellationToken.IsCancellationRequested,
        deadlinePassed: context.Deadline <= DateTime.UtcNow, // gRPC counts deadlines on the system's clock
        draining: drain.RunningCallsCancelled);
}
