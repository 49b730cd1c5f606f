using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;

namespace LlmPlatform.ServiceDefaults.Telemetry;

/// <summary>
/// Frameworks speak up from warnings on: they log several lines a call, and traces say the same better. Services have no
/// settings files, so the levels lie below all other settings, which can say otherwise. The bus and the database call it an
/// error when the end of the process cuts a message or a command off; what matters of it comes as an exception, and is told
/// by whoever was at work.
/// </summary>
internal static class LogLevels
{
    private static readonly string[] Frameworks = ["Microsoft.AspNetCore", "Microsoft.EntityFrameworkCore", "Microsoft.Extensions", "System.Net.Http", "Grpc"];

    public static void AddTo(IConfigurationBuilder configuration) => configuration.Sources.Insert(0, new MemoryConfigurationSource
    {
        InitialData = Frameworks.Select(framework => KeyValuePair.Create($"Logging:LogLevel:{framework}", (string?)"Warning"))
            .Append(KeyValuePair.Create("Logging:LogLevel:Microsoft.EntityFrameworkCore.Database", (string?)"Critical"))
            .Append(KeyValuePair.Create("Logging:LogLevel:MassTransit", (string?)"Critical")),
    });
}
