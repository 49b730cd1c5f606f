using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace LlmPlatform.AppHost.Startup;

/// <summary>
/// A log for people: a line an event, warnings and errors on standard error, and little of it. The usual settings
/// (<c>Logging:LogLevel:...</c>) say more.
/// </summary>
internal static class OneLineLog
{
    private const string FormatterName = "one-line";

    /// <summary>Sets the log up.</summary>
    public static void LogOnOneLine(this WebApplicationBuilder builder)
    {
        // Below every other source of settings, so that whoever wants more can have it.
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                ["Logging:LogLevel:Default"] = "Warning",
                ["Logging:LogLevel:LlmPlatform"] = "Information",

                // Not to be ready yet is an answer to whoever asks, not an event.
                ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "None",
            },
        });
        builder.Logging.ClearProviders();
        builder.Logging.AddConsoleFormatter<Formatter, ConsoleFormatterOptions>();
        builder.Logging.AddConsole(console =>
        {
            console.FormatterName = FormatterName;
            console.LogToStandardErrorThreshold = LogLevel.Warning;
        });
    }

    private sealed class Formatter() : ConsoleFormatter(FormatterName)
    {
        public override void Write<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
        {
            string prefix = entry.LogLevel switch
            {
                LogLevel.Warning => "warning: ",
                LogLevel.Error or LogLevel.Critical => "error: ",
                _ => "",
            };
            textWriter.WriteLine(prefix + entry.Formatter(entry.State, entry.Exception).ReplaceLineEndings(" "));
            if (entry.Exception is not null)
            {
                // An error nobody expected keeps its trace; a warning says what happened.
                textWriter.WriteLine(entry.LogLevel >= LogLevel.Error ? entry.Exception.ToString() : $"  {entry.Exception.Message.ReplaceLineEndings(" ")}");
            }
        }
    }
}
