using System.Diagnostics;

namespace LlmPlatform.Platform.Tests.CommandLine;

/// <summary><c>llm completion</c>.</summary>
public sealed class CompletionTests : IDisposable
{
    private static readonly Uri Nobody = new("http://localhost:1");

    private readonly string _folder = Directory.CreateTempSubdirectory("llmplatform-completion-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("pwsh")]
    public async Task Each_shell_has_a_script(string shell) =>
        Assert.Contains("llm", (await Llm.RunAsync(Nobody, "completion", shell)).Succeeded().Output, StringComparison.Ordinal);

    [Fact]
    public async Task Bash_completes_commands_and_options_by_it()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "there is no bash here");
        string script = Path.Combine(_folder, "completion.sh");
        await File.WriteAllTextAsync(script, (await Llm.RunAsync(Nobody, "completion", "bash")).Succeeded().Output);
        Assert.Equal(["models"], await CompleteAsync(script, "llm mod"));
        Assert.Contains("--collection", await CompleteAsync(script, "llm search --coll"));
    }

    // What bash itself does when Tab is pressed at the end of the line.
    private static async Task<string[]> CompleteAsync(string script, string line)
    {
        string[] words = line.Split(' ');
        string program = $$"""
            llm() { dotnet "{{Llm.Program}}" "$@"; }
            source "{{script}}"
            COMP_WORDS=({{string.Join(' ', words)}}) COMP_CWORD={{words.Length - 1}} COMP_LINE="{{line}}" COMP_POINT={{line.Length}}
            _llm_complete
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        using Process bash = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", program]) { RedirectStandardOutput = true })!;
        string output = await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync();
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
