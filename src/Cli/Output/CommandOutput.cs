using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace LlmPlatform.Cli.Output;

/// <summary>Results go to standard output, everything else (progress, errors) to standard error, so that pipes stay clean.</summary>
internal sealed class CommandOutput(bool json)
{
    // A file or another program has no width: rows of tables and messages are not broken.
    private const int RedirectedWidth = 240;
    private const int UnbrokenWidth = 1 << 16;

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly TextWriter _results = Console.Out;
    private readonly IAnsiConsole _errors = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    public bool IsJson => json;

    /// <summary>Whether somebody watches: pictures can change in their place.</summary>
    public bool IsLive => !json && !Console.IsErrorRedirected && !Console.IsOutputRedirected;

    public void Json(JsonNode document) => _results.WriteLine(document.ToJsonString(Readable));

    public void Table(string[] columns, IEnumerable<string[]> rows)
    {
        Table table = new() { Border = TableBorder.Simple };
        table.AddColumns(columns);
        foreach (string[] row in rows)
        {
            table.AddRow([.. row.Select(cell => new Text(cell))]);
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(_results) });
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = RedirectedWidth;
        }

        console.Write(table);
    }

    /// <summary>Prints what <paramref name="render"/> makes for the width.</summary>
    public void Show(Func<int, IRenderable> render)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(_results) });
        console.Write(render(console.Profile.Width));
    }

    /// <summary>
    /// Runs the work with a picture on standard error that is drawn anew each time the work asks for it; where nobody
    /// watches nothing is drawn.
    /// </summary>
    public async Task LiveAsync(Func<int, IRenderable> render, Func<Action, Task> work)
    {
        if (!IsLive)
        {
            await work(() => { });
            return;
        }

        await _errors.Live(render(_errors.Profile.Width)).StartAsync(context => work(() => context.UpdateTarget(render(_errors.Profile.Width))));
    }

    public void Line(string text) => _results.WriteLine(text);

    public void Write(string text)
    {
        _results.Write(text);
        _results.Flush();
    }

    public void Note(string text)
    {
        if (!json)
        {
            _errors.Write(new Text(text + Environment.NewLine, new Style(Color.Grey)));
        }
    }

    public void Error(string message, string code, JsonArray? violations)
    {
        if (json)
        {
            Console.Error.WriteLine(new JsonObject
            {
                ["error"] = new JsonObject { ["code"] = code, ["message"] = message, ["field_violations"] = violations },
            }.ToJsonString(Readable));
        }
        else
        {
            if (Console.IsErrorRedirected)
            {
                _errors.Profile.Width = UnbrokenWidth;
            }

            _errors.Write(new Text("error: ", new Style(Color.Red)));
            _errors.Write(new Text(message + Environment.NewLine));
        }
    }

    /// <summary>Shows a bar that grows each time the work says that one more is done; where nobody watches, nothing.</summary>
    public async Task CountAsync(int total, Func<Action, Task> work)
    {
        if (!IsLive)
        {
            await work(() => { });
            return;
        }

        await _errors.Progress()
            .Columns(new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                ProgressTask bar = context.AddTask("", maxValue: Math.Max(total, 1));
                return work(() => bar.Increment(1));
            });
    }

    /// <summary>Shows a bar for each part of the work, on standard error; with <c>--json</c> nothing is shown.</summary>
    public async Task<T> ProgressAsync<T>(Func<ProgressBars, Task<T>> work)
    {
        if (json)
        {
            return await work(new ProgressBars(null));
        }

        return await _errors.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new DownloadedColumn(), new TransferSpeedColumn())
            .StartAsync(context => work(new ProgressBars(context)));
    }
}
