using LlmPlatform.Testing;
using Microsoft.Playwright;

namespace LlmPlatform.Browser.Tests.Support;

/// <summary>
/// The pictures of the README, taken of what a test has on its screen: written into <c>docs/images</c> only when
/// <c>LLMPLATFORM_SCREENSHOTS</c> is 1.
/// </summary>
internal static class Pictures
{
    public static bool Wanted { get; } = Environment.GetEnvironmentVariable("LLMPLATFORM_SCREENSHOTS") == "1";

    /// <summary>Takes the picture of the upper part of the page.</summary>
    public static async Task TakeAsync(IPage page, string name)
    {
        if (!Wanted)
        {
            return;
        }

        await page.EvaluateAsync("() => { document.activeElement.blur(); window.scrollTo(0, 0); }");
        await page.ScreenshotAsync(new PageScreenshotOptions
        {
            Path = Path.Combine(SharedData.RepositoryRoot, "docs", "images", $"{name}.png"), // A folder that is missing is made.
            Animations = ScreenshotAnimations.Disabled,
        });
    }
}
