namespace LlmPlatform.Benchmarks;

/// <summary>One line of the report.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">The figure.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Bar">The bar it is held against, or empty.</param>
/// <param name="Met">Whether it holds; null where there is no bar.</param>
internal sealed record Measurement(string Name, double Value, string Unit, string Bar = "", bool? Met = null)
{
    public static Measurement AtLeast(string name, double value, string unit, double bar) =>
        new(name, value, unit, $"at least {bar:0.##}", value >= bar);

    public static Measurement AtMost(string name, double value, string unit, double bar) =>
        new(name, value, unit, $"at most {bar:0.##}", value <= bar);
}
