using System.CommandLine.Parsing;
using LlmPlatform.Contracts.Retrieval.V1;

namespace LlmPlatform.Cli.Commands.Documents;

/// <summary>Names of the ways to search.</summary>
internal static class SearchModes
{
    public static SearchMode Parse(ArgumentResult result, string value)
    {
        switch (value)
        {
            case "hybrid":
                return SearchMode.Hybrid;
            case "dense":
                return SearchMode.Dense;
            case "keyword":
                return SearchMode.Keyword;
            default:
                result.AddError($"--mode: '{value}' is none of hybrid, dense, keyword");
                return SearchMode.Unspecified;
        }
    }

    public static string Name(SearchMode mode) => mode.ToString().ToLowerInvariant();
}
