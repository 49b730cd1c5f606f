using System.Diagnostics;

namespace LlmPlatform.Benchmarks.Retrieval;

/// <summary>How long calls took, in milliseconds.</summary>
internal sealed class Times
{
    private readonly List<double> _milliseconds = [];

    public double Median => At(0.5);

    public double Percentile99 => At(0.99);

    /// <summary>Does something for every item, one after the other, and takes the time of each.</summary>
    public static async Task<Times> OfAsync<T>(IEnumerable<T> items, Func<T, Task> call)
    {
        Times times = new();
        foreach (T item in items)
        {
            long start = Stopwatch.GetTimestamp();
            await call(item);
            times._milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return times;
    }

    private double At(double share) => _milliseconds.Order().ElementAt((int)(share * (_milliseconds.Count - 1)));
}
