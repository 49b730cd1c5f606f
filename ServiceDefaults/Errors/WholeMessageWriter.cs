using Grpc.Core;

namespace LlmPlatform.ServiceDefaults.Errors;

/// <summary>
/// A stream whose messages are written whole. gRPC resets the call when a token is cancelled in the midst of a write, and
/// the caller learns nothing; here a cancelled call ends between two messages, with the status that says why. When the
/// caller itself is gone, the write fails by itself.
/// </summary>
internal sealed class WholeMessageWriter<T>(IServerStreamWriter<T> inner) : IServerStreamWriter<T>
{
    public WriteOptions? WriteOptions
    {
        get => inner.WriteOptions;
        set => inner.WriteOptions = value;
    }

    public Task WriteAsync(T message) => inner.WriteAsync(message);

    public Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return inner.WriteAsync(message, CancellationToken.None);
    }
}
