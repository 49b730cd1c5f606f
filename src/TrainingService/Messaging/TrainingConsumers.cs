using LlmPlatform.Contracts.Messages;
using LlmPlatform.TrainingService.Work;
using MassTransit;

namespace LlmPlatform.TrainingService.Messaging;

/// <summary>A job waits: the workers are woken, and the message is done with.</summary>
internal sealed class TrainingJobQueuedConsumer(JobSignal signal) : IConsumer<TrainingJobQueued>
{
    public Task Consume(ConsumeContext<TrainingJobQueued> context)
    {
        signal.Wake();
        return Task.CompletedTask;
    }
}

/// <summary>The consumers of this service.</summary>
public static class TrainingConsumers
{
    /// <summary>Adds them to the bus of the process.</summary>
    public static void AddTrainingConsumers(this IBusRegistrationConfigurator bus) => bus.AddConsumer<TrainingJobQueuedConsumer>();
}
