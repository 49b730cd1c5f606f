using LlmPlatform.Browser.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LlmPlatform.Browser.Tests.Layout;

/// <summary>Everything can be done without a mouse, and one sees where one is.</summary>
public sealed class KeyboardTests(BrowserFixture browser)
{
    // Everything that can be used and is in view: a number is written on each, to be found again.
    private const string MarkAll =
        """
        () => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
          .filter((one) => !one.disabled && one.checkVisibility({ checkVisibilityCSS: true }) && one.tabIndex >= 0)
          .map((one, index) => { one.dataset.stop = index; return `${one.tagName.toLowerCase()}#${one.id} ${one.textContent.trim().slice(0, 30)}`; })
        """;

    // Focus is shown by an outline of its own or of what stands for it (the label of a hidden file field).
    private const string Where =
        """
        () => {
          const one = document.activeElement;
          const shown = one.classList.contains("sr") ? one.closest("label") : one;
          return [one.dataset.stop ?? "", getComputedStyle(shown).outlineStyle];
        }
        """;

    private const string Nameless =
        """
        () => [...document.querySelectorAll("[data-stop]")]
          .filter((one) => !(one.ariaLabel || one.textContent.trim() || one.labels?.[0]?.textContent.trim() || one.title))
          .map((one) => one.outerHTML.slice(0, 100))
        """;

    [Theory]
    [InlineData("/")]
    [InlineData("/documents")]
    [InlineData("/jobs")]
    public Task Every_control_is_reached_by_tab_and_shows_it(string path) => browser.VisitAsync(path, async page =>
    {
        await page.WaitUntilLoadedAsync();
        await Expect(page.Locator("#documents progress")).ToHaveCountAsync(0);
        string[] controls = await page.EvaluateAsync<string[]>(MarkAll);
        Assert.True(controls.Length >= 6);
        Assert.Empty(await page.EvaluateAsync<string[]>(Nameless));

        HashSet<string> reached = [];
        for (int i = 0; i < controls.Length + 5; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            string[] where = await page.EvaluateAsync<string[]>(Where);
            if (where[0].Length > 0)
            {
                reached.Add(where[0]);
                Assert.True(where[1] != "none", $"no outline on {controls[int.Parse(where[0], System.Globalization.CultureInfo.InvariantCulture)]}");
            }
        }

        Assert.Empty(controls.Where((_, index) => !reached.Contains($"{index}")));
    });

    [Fact]
    public Task A_chat_is_had_and_voted_on_with_keys_alone() => browser.VisitAsync("/", async page =>
    {
        await page.Locator("#chat-model").FocusAsync();
        await page.Keyboard.TypeAsync(BrowserFixture.TinyDecoder);
        await Expect(page.Locator("#chat-model")).ToHaveValueAsync(BrowserFixture.TinyDecoder);
        await page.Locator("#prompt").FocusAsync();
        await page.Keyboard.TypeAsync("hello");
        await page.Keyboard.PressAsync("Shift+Enter");
        await page.Keyboard.TypeAsync("world");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".message.user .text")).ToHaveTextAsync("hello\nworld");
        await Expect(page.Locator(".votes")).ToBeVisibleAsync();
        await Expect(page.Locator("#chat-live")).ToContainTextAsync("Answer:");

        await page.Locator(".vote").First.FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await Expect(page.Locator(".vote").First).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(page.Locator(".vote").First).ToBeFocusedAsync();
    });

    [Fact]
    public Task A_citation_is_opened_and_closed_with_keys_alone() => browser.VisitAsync("/", async page =>
    {
        await page.Locator("#docs-examples button").First.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        ILocator citation = page.Locator("#citations button").First;
        await Expect(citation).ToBeVisibleAsync();
        await citation.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#source")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(citation).ToBeFocusedAsync();
    });

    [Fact]
    public Task The_first_stop_skips_to_the_content() => browser.VisitAsync("/documents", async page =>
    {
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator(".skip")).ToBeFocusedAsync();
        await Expect(page.Locator(".skip")).ToBeInViewportAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Tab");
        Assert.True(await page.EvaluateAsync<bool>("() => document.activeElement.closest('main') !== null"));
    });

    /// <summary>While a Korean syllable is being put together, Enter ends the syllable and nothing else.</summary>
    [Fact]
    public Task Enter_within_a_syllable_does_not_send() => browser.VisitAsync(
        "/",
        async page =>
        {
            await page.Locator("#chat-model").SelectOptionAsync(BrowserFixture.TinyDecoder);
            await page.Locator("#prompt").FocusAsync();
            ICDPSession session = await page.Context.NewCDPSessionAsync(page);
            await session.SendAsync("Input.imeSetComposition", new Dictionary<string, object> { ["text"] = "안ㄴ", ["selectionStart"] = 2, ["selectionEnd"] = 2 });
            await Expect(page.Locator("#prompt")).ToHaveValueAsync("안ㄴ");
            await page.Locator("#prompt").DispatchEventAsync("keydown", new { key = "Enter", isComposing = true, bubbles = true, cancelable = true });
            await Expect(page.Locator(".message")).ToHaveCountAsync(0);

            await session.SendAsync("Input.imeSetComposition", new Dictionary<string, object> { ["text"] = "안녕", ["selectionStart"] = 2, ["selectionEnd"] = 2 });
            await session.SendAsync("Input.insertText", new Dictionary<string, object> { ["text"] = "안녕" });
            await page.Keyboard.PressAsync("Enter");
            await Expect(page.Locator(".message.user .text")).ToHaveTextAsync("안녕");
            await Expect(page.Locator(".votes")).ToBeVisibleAsync();
        },
        VisitOptions.Korean);
}
