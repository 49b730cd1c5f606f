namespace LlmPlatform.Inference.Scheduling;

/// <summary>A generation that was running could not go on: its step failed, or the engine was closed.</summary>
#pragma warning disable CA1032 // It is only thrown with what it says.
public sealed class GenerationFailedException(string message, Exception? inner) : Exception(message, inner)
#pragma warning restore CA1032
{
}
