namespace LlmPlatform.Cli.Commands.Evaluation;

/// <summary>A query and the grades of its relevant documents, by their names or ids.</summary>
internal sealed record Question(string Id, string Text, IReadOnlyDictionary<string, int> Grades);
