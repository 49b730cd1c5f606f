using Microsoft.Playwright;

namespace LlmPlatform.Browser.Tests.Support;

/// <summary>What an element showed from moment to moment, which a test that only looks now and then would miss.</summary>
internal static class Observation
{
    /// <summary>Begins to note the element's text each time it changes.</summary>
    public static Task ObserveAsync(this IPage page, string selector) => page.EvaluateAsync(
        """
        selector => {
          const element = document.querySelector(selector);
          window.observed = [];
          new MutationObserver(() => window.observed.push(element.innerText)).observe(element, { childList: true, characterData: true, subtree: true });
        }
        """,
        selector);

    /// <summary>The texts so far.</summary>
    public static Task<string[]> ObservedAsync(this IPage page) => page.EvaluateAsync<string[]>("() => window.observed");
}
