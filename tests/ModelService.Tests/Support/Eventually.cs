using System.Diagnostics;

namespace LlmPlatform.ModelService.Tests.Support;

/// <summary>Waits for what happens a moment later.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    public static async Task TrueAsync(Func<bool> condition, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Limit, $"not within {Limit}: {what}");
            await Task.Delay(10);
        }
    }
}
