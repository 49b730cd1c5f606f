using LlmPlatform.Contracts.Training.V1;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace LlmPlatform.Cli.Commands.Training;

/// <summary>What has been heard of a job, and how it looks: curves, a bar, the last message.</summary>
internal sealed class JobCurves(Job job)
{
    private const int ChartHeight = 6;
    private const int WidestChart = 100;
    private const int LabelWidth = 14;
    private const int BarWidth = 40;

    private static readonly string[] Shown = ["loss", "eval_loss", "rewards/margins", "rewards/accuracies", "eval_rewards/margins", "eval_rewards/accuracies"];

    private readonly Dictionary<string, List<(double X, double Y)>> _curves = new(StringComparer.Ordinal);
    private string _message = "";

    /// <summary>The job as it was last seen.</summary>
    public Job Job { get; set; } = job;

    /// <summary>Takes an event in.</summary>
    /// <returns>The event as one line of text.</returns>
    public string Add(JobEvent happened)
    {
        switch (happened.EventCase)
        {
            case JobEvent.EventOneofCase.Metrics:
                foreach ((string name, double value) in happened.Metrics.Values.Where(value => double.IsFinite(value.Value)))
                {
                    if (!_curves.TryGetValue(name, out List<(double X, double Y)>? curve))
                    {
                        curve = _curves[name] = [];
                    }

                    curve.Add((happened.Metrics.Step, value));
                }

                return JobText.Line(happened.Metrics, Job.MaxSteps);
            case JobEvent.EventOneofCase.Status:
                return _message = JobText.StatusName(happened.Status.Status);
            case JobEvent.EventOneofCase.Checkpoint:
                return _message = $"checkpoint at step {happened.Checkpoint.Checkpoint.Step}";
            default:
                return _message = happened.Message?.Text ?? "";
        }
    }

    /// <param name="width">Letters of a line.</param>
    public IRenderable Render(int width)
    {
        List<IRenderable> rows = [new Text(JobText.Headline(Job), new Style(decoration: Decoration.Bold))];
        foreach (string name in Shown)
        {
            if (_curves.TryGetValue(name, out List<(double X, double Y)>? curve))
            {
                string value = curve[^1].Y.ToString("G5", System.Globalization.CultureInfo.InvariantCulture);
                rows.Add(new Text($"{name} {value}", new Style(Color.Aqua)));
                rows.AddRange(BrailleChart.Draw(curve, Math.Clamp(width - LabelWidth, 10, WidestChart), ChartHeight).Select(line => new Text(line)));
            }
        }

        if (Job.MaxSteps > 0)
        {
            int done = (int)(BarWidth * Math.Min(Job.Step, Job.MaxSteps) / Job.MaxSteps);
            rows.Add(new Text($"{new string('━', done)}{new string('─', BarWidth - done)} {Job.Step}/{Job.MaxSteps}{JobText.TimeLeft(Job)}"));
        }

        if (_message.Length > 0)
        {
            rows.Add(new Text(_message, new Style(Color.Grey)));
        }

        return new Rows(rows);
    }
}
