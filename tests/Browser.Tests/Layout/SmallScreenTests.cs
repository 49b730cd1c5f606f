using System.Text;
using LlmPlatform.Browser.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LlmPlatform.Browser.Tests.Layout;

/// <summary>Nothing is wider than a telephone, whatever it holds.</summary>
public sealed class SmallScreenTests(BrowserFixture browser)
{
    private static readonly string LongWord = new('w', 300);

    [Theory]
    [InlineData("/", "en-US")]
    [InlineData("/", "ko-KR")]
    [InlineData("/documents", "en-US")]
    [InlineData("/documents", "ko-KR")]
    [InlineData("/jobs", "en-US")]
    [InlineData("/jobs", "ko-KR")]
    public Task A_page_does_not_scroll_sideways(string path, string locale) => browser.VisitAsync(
        path,
        async page =>
        {
            await page.WaitUntilLoadedAsync();
            await AssertFitsAsync(page);
        },
        VisitOptions.Small with { Locale = locale });

    [Fact]
    public Task A_long_word_in_a_chat_and_in_an_answer_is_broken() => browser.VisitAsync(
        "/",
        async page =>
        {
            await page.Locator("#chat-model").SelectOptionAsync(BrowserFixture.TinyDecoder);
            await page.Locator("#prompt").FillAsync(LongWord);
            await page.Keyboard.PressAsync("Enter");
            await Expect(page.Locator(".votes")).ToBeVisibleAsync();
            await page.Locator(".vote").First.ClickAsync();
            await AssertFitsAsync(page);

            await page.Locator("#docs-examples button").First.ClickAsync();
            await Expect(page.Locator("#citations button").First).ToBeVisibleAsync();
            await AssertFitsAsync(page);
            await page.Locator("#citations button").First.ClickAsync();
            await Expect(page.Locator("#source")).ToBeVisibleAsync();
            await AssertFitsAsync(page);
        },
        VisitOptions.Small);

    [Fact]
    public Task A_document_with_a_long_name_fits() => browser.VisitAsync(
        "/documents",
        async page =>
        {
            string collection = $"small-{Guid.NewGuid():N}-{LongWord[..100]}";
            await page.Locator("#new-store").FillAsync(collection);
            await page.Keyboard.PressAsync("Enter");
            await Expect(page.Locator("#store option:checked")).ToHaveTextAsync(collection);
            FilePayload file = new() { Name = $"{LongWord[..120]}.txt", MimeType = "text/plain", Buffer = Encoding.UTF8.GetBytes($"The word is {LongWord}.") };
            await page.Locator("#files").SetInputFilesAsync(file);
            await Expect(page.Locator("#documents tr td").Nth(1)).ToHaveTextAsync("indexed");
            await page.Locator("#question").FillAsync("word");
            await page.Locator("#search").ClickAsync();
            await Expect(page.Locator("#results li").First).ToBeVisibleAsync();
            await AssertFitsAsync(page);
        },
        VisitOptions.Small);

    private static async Task AssertFitsAsync(IPage page)
    {
        int[] widths = await page.EvaluateAsync<int[]>("() => [document.scrollingElement.scrollWidth, innerWidth]");
        Assert.True(widths[0] <= widths[1], $"{widths[0]} pixels wide on a screen of {widths[1]}; the widest: {await WidestAsync(page)}");
    }

    private static Task<string> WidestAsync(IPage page) => page.EvaluateAsync<string>(
        """
        () => [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > innerWidth)
          .map((one) => `${one.tagName}#${one.id}.${one.className}`).slice(0, 10).join(", ")
        """);
}
