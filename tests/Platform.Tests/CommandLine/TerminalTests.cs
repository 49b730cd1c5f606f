using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LlmPlatform.Platform.Tests.Samples;

namespace LlmPlatform.Platform.Tests.CommandLine;

/// <summary>The command line as it looks at a terminal, and that nothing of it gets into a pipe.</summary>
public sealed partial class TerminalTests(TerminalPlatform platform) : IClassFixture<TerminalPlatform>, IDisposable
{
    private const int Failure = 1;
    private const int Usage = 2;
    private const int Interrupted = 130;

    private const char Escape = '\u001b';
    private const char Bar = '━';

    private readonly string _folder = Directory.CreateTempSubdirectory("llmplatform-terminal-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Progress_is_drawn_in_a_terminal_and_not_in_a_pipe()
    {
        Terminal.Require();
        string model = await TinyModels.WriteDecoderAsync(Path.Combine(_folder, "added-at-a-terminal"), seed: 31);
        string[] add = ["models", "add", model];
        await using Terminal terminal = Terminal.Start(platform.Server, add);
        Assert.Equal(0, await terminal.WaitAsync());
        Assert.Contains(Escape, terminal.Recording);
        Assert.Contains(Bar, terminal.Recording);
        Assert.Contains("100%", terminal.Recording, StringComparison.Ordinal);

        LlmResult piped = (await Llm.RunAsync(platform.Server, add)).Succeeded();
        AssertPlain(piped.Output);
        AssertPlain(piped.Errors);
    }

    [Fact]
    public async Task Documents_that_are_ingested_show_how_far_they_are()
    {
        Terminal.Require();
        string documents = Path.Combine(_folder, "documents");
        Directory.CreateDirectory(documents);
        await File.WriteAllTextAsync(Path.Combine(documents, "고양이.md"), "# 고양이\n\n고양이는 하루에 열네 시간을 잔다.\n");
        string[] ingest = ["ingest", documents, "--collection", "at-a-terminal"];
        await using Terminal terminal = Terminal.Start(platform.Server, ingest);
        Assert.Equal(0, await terminal.WaitAsync());
        Assert.Contains("upload", terminal.Recording, StringComparison.Ordinal);
        Assert.Contains("index", terminal.Recording, StringComparison.Ordinal);
        Assert.Contains(Bar, terminal.Recording);
        Assert.Contains("indexed 1, unchanged 0", terminal.Recording, StringComparison.Ordinal);

        LlmResult piped = (await Llm.RunAsync(platform.Server, [.. ingest, "--keyword-only"])).Succeeded();
        AssertPlain(piped.Output);
        AssertPlain(piped.Errors);
        (await Llm.RunAsync(platform.Server, "collections", "delete", "at-a-terminal")).Succeeded();
    }

    [Fact]
    public async Task Ctrl_C_stops_a_streamed_chat_within_a_second()
    {
        Terminal.Require();

        // Three attempts: the machine may be busy with other tests, and the time is the program's.
        List<TimeSpan> times = [];
        while (times.Count < 3 && !times.Exists(time => time <= TimeSpan.FromSeconds(1)))
        {
            await using Terminal terminal = Terminal.Start(platform.Server, "chat", "the cat", "--model", TerminalPlatform.Endless, "--temperature", "0");
            await terminal.WaitForAsync(recording => recording.Length > 20);
            long pressed = Stopwatch.GetTimestamp();
            await terminal.PressAsync(Terminal.CtrlC);
            Assert.Equal(Interrupted, await terminal.WaitAsync());
            times.Add(Stopwatch.GetElapsedTime(pressed));
            Assert.DoesNotContain("   at ", terminal.Recording, StringComparison.Ordinal);
        }

        Assert.InRange(times.Min(), TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_conversation_is_typed_and_ended_with_Ctrl_C()
    {
        Terminal.Require();
        await using Terminal terminal = Terminal.Start(platform.Server, "chat", "--model", TerminalPlatform.Decoder, "--max-tokens", "5");
        await terminal.WaitForAsync(recording => recording.Contains("> ", StringComparison.Ordinal));
        await terminal.PressAsync("안녕 world\n");
        await terminal.WaitForAsync(recording => recording.Split("> ").Length >= 3);
        Assert.Contains("안녕 world", terminal.Recording, StringComparison.Ordinal);
        await terminal.PressAsync("/history\n");
        await terminal.WaitForAsync(recording => recording.Contains("user: 안녕 world", StringComparison.Ordinal));
        await terminal.PressAsync(Terminal.CtrlC);
        Assert.Equal(Interrupted, await terminal.WaitAsync());
    }

    [Fact]
    public async Task Live_curves_of_a_job_are_drawn_anew_and_the_job_outlives_who_watched()
    {
        Terminal.Require();
        const int Steps = 20_000;
        string recipe = await TerminalPlatform.WriteRecipeAsync(_folder, Steps);
        JsonNode job = (await Llm.RunAsync(platform.Server, "train", recipe, "--json")).Succeeded().Json;
        string id = (string)job["id"]!;
        try
        {
            await using Terminal terminal = Terminal.Start(platform.Server, "jobs", id);
            await terminal.WaitForAsync(recording => StepsIn(recording).Distinct().Count() >= 3 && recording.Any(IsBraille));
            Assert.True(CursorUp().Count(terminal.Recording) >= 2, "the picture was not drawn in its place");
            int[] steps = [.. StepsIn(terminal.Recording)];
            Assert.Equal(steps.Order(), steps);
            Assert.Contains("loss ", terminal.Recording, StringComparison.Ordinal);
            await terminal.PressAsync(Terminal.CtrlC);
            Assert.Equal(Interrupted, await terminal.WaitAsync());

            JsonNode after = (await Llm.RunAsync(platform.Server, "jobs", id, "--json")).Succeeded().Json;
            Assert.Equal("running", (string?)after["status"]);
        }
        finally
        {
            await Llm.RunAsync(platform.Server, "jobs", "cancel", id);
        }

        // In a pipe: lines, and the end of a job that did not end well is an error.
        LlmResult cancelled = await Llm.RunAsync(platform.Server, "jobs", id, "--watch");
        AssertPlain(cancelled.Output);
        AssertPlain(cancelled.Errors);

        static IEnumerable<int> StepsIn(string recording) =>
            StepOfSteps().Matches(recording).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData(0, "models", "list")]
    [InlineData(0, "--help")]
    [InlineData(0, "chat", "--help")]
    [InlineData(Failure, "chat", "hello", "--model", "no-such-model")]
    [InlineData(Failure, "jobs", "no-such-job")]
    [InlineData(Usage, "no-such-command")]
    [InlineData(Usage, "chat", "hello", "--no-such-option")]
    [InlineData(Usage, "chat", "hello", "--top-k", "many")]
    [InlineData(Usage, "search", "cat")]
    [InlineData(Usage, "models", "list", "--server", "nowhere")]
    public async Task An_exit_code_says_how_it_ended(int expected, params string[] arguments)
    {
        LlmResult result = await Llm.RunAsync(platform.Server, arguments);
        Assert.True(expected == result.ExitCode, $"exit code {result.ExitCode}: {result.Errors}{result.Output}");
        Assert.DoesNotContain("   at ", result.Errors, StringComparison.Ordinal);
        Assert.Equal(expected != 0, result.Errors.Length > 0);
    }

    private static bool IsBraille(char letter) => letter is > '\u2800' and <= '\u28FF';

    private static void AssertPlain(string text)
    {
        Assert.DoesNotContain(Escape, text);
        Assert.DoesNotContain('\r', text);
        Assert.DoesNotContain(Bar, text);
    }

    [GeneratedRegex(@"(\d+)/20000\b")]
    private static partial Regex StepOfSteps();

    [GeneratedRegex("\u001b\\[\\d*A")]
    private static partial Regex CursorUp();
}
