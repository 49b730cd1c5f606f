using System.Diagnostics.Metrics;
using System.Threading.Channels;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmPlatform.ServiceDefaults.Messaging;

/// <summary>Sends what was published, one message after the other, each within a short limit.</summary>
internal sealed partial class MessagePublisher(IBus bus, TimeProvider clock, ILogger<MessagePublisher> log) : BackgroundService, IMessagePublisher
{
    /// <summary>Messages that may wait.</summary>
    internal const int Capacity = 4096;

    /// <summary>How long the broker may take for a message.</summary>
    internal static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LastSendLimit = TimeSpan.FromMilliseconds(500);
    private static readonly Meter Meter = new("LlmPlatform.Messaging");
    private static readonly Counter<long> Dropped = Meter.CreateCounter<long>("llmplatform.messaging.dropped", "{message}", "Messages that could not be sent.");

    private readonly Channel<object> _queue = Channel.CreateBounded<object>(
        new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    public bool Publish<T>(T message)
        where T : class
    {
        if (_queue.Writer.TryWrite(message))
        {
            return true;
        }

        Dropped.Add(1);
        LogQueueFull(typeof(T).Name, Capacity);
        return false;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (object message in _queue.Reader.ReadAllAsync(stoppingToken))
        {
            // The bus may be gone already when the process ends: what still waits is not sent, the rows know it all.
            if (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            using CancellationTokenSource limit = new(SendLimit, clock);
            await using CancellationTokenRegistration atTheEnd = stoppingToken.Register(() => limit.CancelAfter(LastSendLimit));
            try
            {
                await bus.Publish(message, message.GetType(), limit.Token);
            }
            catch (Exception exception)
            {
                // The broker is down or slow. The row that the message is about waits for the next sweep.
                Dropped.Add(1);
                LogNotSent(message.GetType().Name, exception.Message);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Message {Message} was dropped: {Capacity} wait already")]
    private partial void LogQueueFull(string message, int capacity);

    [LoggerMessage(LogLevel.Warning, "Message {Message} was not sent: {Reason}")]
    private partial void LogNotSent(string message, string reason);
}
