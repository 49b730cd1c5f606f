using LlmPlatform.Browser.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LlmPlatform.Browser.Tests.Access;

/// <summary>A platform that asks for an API key: the page asks for it too, and goes on with it.</summary>
public sealed class KeyTests(BrowserFixture browser)
{
    private const string Secret = "llm-only-for-this-test";

    [Theory]
    [InlineData("/", "#chat-model option")]
    [InlineData("/documents", "#store option")]
    [InlineData("/jobs", "#jobs .job, #no-jobs")]
    public Task A_key_is_asked_for_and_kept_in_the_tab(string path, string content) => browser.VisitAsync(
        "about:blank",
        async page =>
        {
            // The platform of these tests needs none; this stands before it like one that does.
            await page.RouteAsync("**/v1/**", async route =>
            {
                Dictionary<string, string> headers = await route.Request.AllHeadersAsync();
                if (headers.GetValueOrDefault("authorization") != $"Bearer {Secret}")
                {
                    await route.FulfillAsync(new RouteFulfillOptions { Status = 401, ContentType = "application/json", Body = """{"error":{"message":"an API key is needed"}}""" });
                    return;
                }

                headers.Remove("authorization");
                await route.ContinueAsync(new RouteContinueOptions { Headers = headers });
            });
            await page.GotoAsync(path);
            await Expect(page.Locator("#key-card")).ToBeVisibleAsync();
            await Expect(page.Locator("#key")).ToBeFocusedAsync();
            await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("an API key is needed");

            await page.Keyboard.TypeAsync(Secret);
            await page.Keyboard.PressAsync("Enter");
            await Expect(page.Locator("#key-card")).ToBeHiddenAsync();
            await Expect(page.Locator(content).First).ToBeAttachedAsync();
            await Expect(page.Locator("#notice")).ToBeHiddenAsync();

            await page.ReloadAsync();
            await page.WaitUntilLoadedAsync();
            await Expect(page.Locator("#key-card")).ToBeHiddenAsync();
        },
        new VisitOptions { Expected = ["401"] });
}
