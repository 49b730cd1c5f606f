using Spectre.Console;

namespace LlmPlatform.Benchmarks;

/// <summary>Prints measurements as a table and appends them to a Markdown file when one is named.</summary>
internal static class BenchmarkReport
{
    public static void Print(string processor, IReadOnlyList<Measurement> measurements, string? markdownPath)
    {
        Table table = new() { Border = TableBorder.Simple, Title = new TableTitle(Markup.Escape(processor)) };
        table.AddColumns("what", "figure", "unit", "bar");
        foreach (Measurement measurement in measurements)
        {
            table.AddRow(
                Markup.Escape(measurement.Name),
                Shown(measurement),
                measurement.Unit,
                measurement.Met switch { true => $"{measurement.Bar}: met", false => $"{measurement.Bar}: MISSED", null => "" });
        }

        AnsiConsole.Write(table);
        if (markdownPath is null)
        {
            return;
        }

        File.AppendAllLines(
            markdownPath,
            [
                "",
                $"CPU: {processor}",
                "",
                "| what | figure | unit | bar |",
                "|---|---|---|---|",
                .. measurements.Select(measurement =>
                    $"| {measurement.Name} | {Shown(measurement)} | {measurement.Unit} | {measurement.Bar}{(measurement.Met == false ? " (missed)" : "")} |"),
            ]);
    }

    private static string Shown(Measurement measurement) => measurement.Value >= 100 ? $"{measurement.Value:F0}" : $"{measurement.Value:F2}";
}
