using System.Text.Json.Nodes;
using LlmPlatform.Browser.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LlmPlatform.Browser.Tests.Documents;

/// <summary>The platform's own documentation, asked on the start page.</summary>
public sealed class DocumentationTests(BrowserFixture browser)
{
    [Fact]
    public Task A_question_about_the_platform_is_answered_with_its_source() => browser.VisitAsync("/", async page =>
    {
        await Expect(page.Locator("#docs-progress")).ToBeHiddenAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Which port does gRPC answer on?" }).ClickAsync();
        await Expect(page.Locator("#answer-text")).ToContainTextAsync("8081");
        await Expect(page.Locator("#docs-question")).ToHaveValueAsync("Which port does gRPC answer on?");

        ILocator citation = page.Locator("#citations li", new PageLocatorOptions { HasText = "8081" }).GetByRole(AriaRole.Button).First;
        await Expect(citation).ToContainTextAsync(".md");
        await citation.ClickAsync();
        await Expect(page.Locator("#source mark", new PageLocatorOptions { HasText = "8081" }).First).ToBeInViewportAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(citation).ToBeFocusedAsync();

        await page.Locator("#docs-question").FillAsync("Who won the football world cup in 1998?");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#answer-text")).ToHaveTextAsync("The documents do not say.");
        await Expect(page.Locator("#citations li")).ToHaveCountAsync(0);
    });

    [Fact]
    public Task Korean_questions_are_answered_from_the_korean_guide() => browser.VisitAsync(
        "/",
        async page =>
        {
            await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "ko");
            await Expect(page.Locator("#docs-progress")).ToBeHiddenAsync();
            await page.Locator("#docs-question").FillAsync("첫 번째 키는 어떤 테넌트의 키여야 합니까?");
            await page.Keyboard.PressAsync("Enter");
            await Expect(page.Locator("#answer-text")).ToContainTextAsync("local");
            await Expect(page.Locator("#citations button").First).ToContainTextAsync("keys.md");
        },
        VisitOptions.Korean);

    [Fact]
    public Task Indexing_is_seen_as_it_goes_on() => browser.VisitAsync("/jobs", async page =>
    {
        // The first answers are those of a platform that has only begun.
        int asked = 0;
        await page.RouteAsync("**/v1/vector_stores?*", async route =>
        {
            IAPIResponse response = await route.FetchAsync();
            JsonNode stores = JsonNode.Parse(await response.TextAsync())!;
            if (++asked <= 2)
            {
                JsonNode docs = stores["data"]!.AsArray().Single(store => (string?)store!["name"] == "docs")!;
                docs["status"] = "in_progress";
                docs["file_counts"]!["completed"] = asked * 3;
            }

            await route.FulfillAsync(new RouteFulfillOptions { Response = response, Body = stores.ToJsonString() });
        });
        await page.GotoAsync("/");
        await page.ObserveAsync("#docs-hint");
        await Expect(page.Locator("#docs-progress")).ToBeVisibleAsync();
        await Expect(page.Locator("#docs-hint")).ToContainTextAsync("passages: ");
        await Expect(page.Locator("#docs-progress")).ToBeHiddenAsync();
        Assert.Contains(await page.ObservedAsync(), text => text.StartsWith("Being indexed: 6 of ", StringComparison.Ordinal));
        Assert.True(asked >= 3);
    });

    [Fact]
    public Task The_start_page_leads_to_everything() => browser.VisitAsync("/", async page =>
    {
        ILocator doors = page.Locator(".doors a");
        await doors.Filter(new LocatorFilterOptions { HasText = "Chat" }).ClickAsync();
        await Expect(page.Locator("#prompt")).ToBeFocusedAsync();
        await doors.Filter(new LocatorFilterOptions { HasText = "Ask the documentation" }).ClickAsync();
        await Expect(page.Locator("#docs-question")).ToBeFocusedAsync();
        await doors.Filter(new LocatorFilterOptions { HasText = "Add documents" }).ClickAsync();
        await Expect(page.Locator("#upload-title")).ToBeInViewportAsync();
        await Expect(page.Locator("header nav [aria-current=page]")).ToHaveTextAsync("Documents");
        await page.Locator("header .brand").ClickAsync();
        await doors.Filter(new LocatorFilterOptions { HasText = "Train" }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Training");
        await Expect(page).ToHaveTitleAsync("Training – LlmPlatform");
    }, VisitOptions.Stopping);
}
