namespace LlmPlatform.Cli.Connection;

/// <summary>A failure whose message is all a user needs.</summary>
internal sealed class CommandException(string message) : Exception(message);
