using Grpc.Core;
using LlmPlatform.ServiceDefaults.Errors;

namespace LlmPlatform.ServiceDefaults.Tests.Errors;

public class WholeMessageWriterTests
{
    [Fact]
    public async Task A_message_under_way_is_not_torn_by_a_cancelled_call()
    {
        RecordingWriter inner = new();
        using CancellationTokenSource call = new();
        WholeMessageWriter<string> writer = new(inner);

        await writer.WriteAsync("first", call.Token);
        Assert.False(inner.LastToken.CanBeCanceled);

        await call.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => writer.WriteAsync("second", call.Token));
        Assert.Equal(["first"], inner.Messages);
    }

    private sealed class RecordingWriter : IServerStreamWriter<string>
    {
        public List<string> Messages { get; } = [];

        public CancellationToken LastToken { get; private set; }

        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(string message) => WriteAsync(message, CancellationToken.None);

        public Task WriteAsync(string message, CancellationToken cancellationToken)
        {
            LastToken = cancellationToken;
            Messages.Add(message);
            return Task.CompletedTask;
        }
    }
}
