using System.Diagnostics;

namespace LlmPlatform.RetrievalService.Tests.Support;

/// <summary>Waits for what happens a moment later.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(() => Task.FromResult(condition()), what);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Limit, $"not within {Limit}: {what}");
            await Task.Delay(10);
        }
    }
}
