using System.Net.Sockets;
using LlmPlatform.ServiceDefaults.Data;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace LlmPlatform.AppHost.Startup;

/// <summary>What keeps the platform from starting through no fault of its own, in one line and without a stack trace.</summary>
internal static class StartFailure
{
    /// <summary>The process's exit code then.</summary>
    public const int ExitCode = 2;

    /// <summary>The line, or null for an error that nobody expected: that one keeps its stack trace.</summary>
    public static string? Explain(Exception exception) => exception switch
    {
        PortUnavailableException or DataFolderException or OptionsValidationException => OnOneLine(exception.Message),

        // Another process was quicker between binding and listening.
        SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } => "a port was taken by another program just now: start again, or set other ports",
        IOException { InnerException: AddressInUseException inner } => OnOneLine(inner.Message),

        // Settings are read while the application is put together.
        InvalidOperationException when IsAboutSetting(exception.Message) => OnOneLine(exception.Message),
        _ => null,
    };

    private static bool IsAboutSetting(string message) =>
        message.StartsWith("Platform:", StringComparison.Ordinal) || message.Contains("'Platform:", StringComparison.Ordinal);

    private static string OnOneLine(string message) => message.ReplaceLineEndings(" ");
}
