using System.CommandLine;

namespace LlmPlatform.Cli.Connection;

/// <summary>Options that every command takes.</summary>
internal static class GlobalOptions
{
    public static readonly Option<Uri> Server = new("--server", "-s")
    {
        Description = "Address of the platform's gRPC port. Environment: LLM_SERVER.",
        Recursive = true,
        DefaultValueFactory = _ => new Uri(Environment.GetEnvironmentVariable("LLM_SERVER") ?? "http://localhost:8081"),
    };

    public static readonly Option<string?> ApiKey = new("--api-key")
    {
        Description = "API key; not needed on this machine as long as the platform has none. Environment: LLM_API_KEY.",
        Recursive = true,
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("LLM_API_KEY"),
    };

    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Prints one JSON document instead of text for people.",
        Recursive = true,
    };

    public static IEnumerable<Option> All => [Server, ApiKey, Json];
}
