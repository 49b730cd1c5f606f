namespace LlmPlatform.ServiceDefaults.Messaging;

/// <summary>
/// Sends messages after a commit. They are nudges and events, never the truth: rows are. So a caller does not wait for
/// the broker, and a message that cannot be sent in time is dropped, logged and counted; a sweep finds the row later.
/// </summary>
public interface IMessagePublisher
{
    /// <summary>Puts a message into the queue and returns at once.</summary>
    /// <returns>False when the queue is full: the message is dropped.</returns>
    bool Publish<T>(T message)
        where T : class;
}
