using System.CommandLine;
using LlmPlatform.Cli;

// What a shell expects of a command that was not understood, apart from one that failed.
const int Usage = 2;

ParseResult parsed = LlmCommand.Create().Parse(args);
int exitCode = await parsed.InvokeAsync();
return parsed.Errors.Count > 0 && exitCode != 0 ? Usage : exitCode;
