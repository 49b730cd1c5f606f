using System.CommandLine;
using LlmPlatform.Cli.Output;

namespace LlmPlatform.Cli.Commands;

/// <summary><c>llm completion SHELL</c>: a script that makes the shell complete commands and options of <c>llm</c>.</summary>
internal static class CompletionCommand
{
    // Each asks the program itself, by System.CommandLine's directive [suggest:POSITION].
    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] = """
            # source <(llm completion bash)
            _llm_complete() {
              local IFS=$'\n'
              COMPREPLY=( $(compgen -W "$(llm "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}") )
            }
            complete -o default -F _llm_complete llm
            """,
        ["zsh"] = """
            # source <(llm completion zsh)
            _llm_complete() {
              local -a found
              found=("${(@f)$(llm "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
              compadd -a found
            }
            compdef _llm_complete llm
            """,
        ["fish"] = """
            # llm completion fish | source
            complete -f -c llm -a '(llm "[suggest:"(string length -- (commandline -cp))"]" (commandline -cp) 2>/dev/null)'
            """,
        ["pwsh"] = """
            # llm completion pwsh | Out-String | Invoke-Expression
            Register-ArgumentCompleter -Native -CommandName llm -ScriptBlock {
              param($word, $line, $position)
              llm "[suggest:$position]" "$line" 2>$null | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
            }
            """,
    };

    public static Command Create()
    {
        Argument<string> shell = new("shell") { Description = "bash, zsh, fish or pwsh." };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        Command command = new("completion", "Print a script that completes this program's commands in a shell.") { shell };
        command.SetAction(parsed => new CommandOutput(json: false).Line(Scripts[parsed.GetValue(shell)!]));
        return command;
    }
}
