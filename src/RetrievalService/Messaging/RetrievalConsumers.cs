using LlmPlatform.Contracts.Messages;
using LlmPlatform.RetrievalService.Ingest;
using MassTransit;

namespace LlmPlatform.RetrievalService.Messaging;

/// <summary>A document waits: the workers are woken, and the message is done with.</summary>
internal sealed class DocumentQueuedConsumer(IngestSignal signal) : IConsumer<DocumentQueued>
{
    public Task Consume(ConsumeContext<DocumentQueued> context)
    {
        signal.Wake();
        return Task.CompletedTask;
    }
}

/// <summary>The consumers of this service.</summary>
public static class RetrievalConsumers
{
    /// <summary>Adds them to the bus of the process.</summary>
    public static void AddRetrievalConsumers(this IBusRegistrationConfigurator bus) => bus.AddConsumer<DocumentQueuedConsumer>();
}
