namespace LlmPlatform.Modeling;

/// <summary>libtorch is not there or cannot be loaded on this machine.</summary>
public sealed class TorchUnavailableException(string message, Exception innerException) : Exception(message, innerException);
