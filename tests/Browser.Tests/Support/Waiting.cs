using System.Diagnostics;
using Microsoft.Playwright;

namespace LlmPlatform.Browser.Tests.Support;

/// <summary>Waiting for what Playwright's own expectations cannot say.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <summary>Waits until a page has fetched what it shows.</summary>
    public static Task WaitUntilLoadedAsync(this IPage page) => Assertions.Expect(page.Locator("main")).ToHaveAttributeAsync("aria-busy", "false");

    public static async Task WaitForConditionAsync(this IPage page, Func<Task<bool>> condition)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Limit, $"not within {Limit} on {page.Url}");
            await Task.Delay(100);
        }
    }
}
