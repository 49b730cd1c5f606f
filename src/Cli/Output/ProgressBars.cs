using Spectre.Console;

namespace LlmPlatform.Cli.Output;

/// <summary>Bars counted in bytes, or nothing at all where output is for programs.</summary>
internal sealed class ProgressBars(ProgressContext? context)
{
    private readonly Dictionary<string, ProgressTask> _bars = [];

    /// <summary>Sets how far the bar of that name is; a new name adds a bar.</summary>
    public void Report(string name, long done, long total)
    {
        if (context is null)
        {
            return;
        }

        lock (_bars)
        {
            if (!_bars.TryGetValue(name, out ProgressTask? bar))
            {
                bar = _bars[name] = context.AddTask(Markup.Escape(name), maxValue: Math.Max(total, 1));
            }

            bar.MaxValue = Math.Max(total, 1);
            bar.Value = total == 0 ? 1 : done;
        }
    }
}
