using System.CommandLine;
using System.CommandLine.Parsing;

namespace LlmPlatform.Cli.Connection;

/// <summary>Options that every command takes.</summary>
internal static class GlobalOptions
{
    private const string DefaultServer = "http://localhost:8081";

    public static readonly Option<Uri> Server = new("--server", "-s")
    {
        Description = "Address of the platform's gRPC port. Environment: LLM_SERVER.",
        Recursive = true,
        CustomParser = result => Address(result, "--server", result.Tokens.Single().Value),
        DefaultValueFactory = result => Address(result, "LLM_SERVER", Environment.GetEnvironmentVariable("LLM_SERVER") ?? DefaultServer)!,
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

    private static Uri? Address(ArgumentResult result, string name, string text)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is ("http" or "https"))
        {
            return address;
        }

        // With an error no command runs, so nobody meets the null.
        result.AddError($"{name}: '{text}' is not an http or https address");
        return null;
    }
}
