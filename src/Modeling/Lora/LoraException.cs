namespace LlmPlatform.Modeling.Lora;

/// <summary>An adapter cannot be put on a model: its targets match nothing, or something that cannot be adapted.</summary>
public sealed class LoraException(string message) : Exception(message);
