using System.CommandLine;

namespace LlmPlatform.Cli.Commands.Evaluation;

/// <summary><c>llm eval</c>: how good something is, by questions whose answers are known.</summary>
internal static class EvalCommand
{
    public static Command Create() => new("eval", "Measure how good search is.") { EvalRetrievalCommand.Create() };
}
