using System.Text.Json.Nodes;
using LlmPlatform.Browser.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LlmPlatform.Browser.Tests.Training;

/// <summary>From votes on chat answers to a model that was trained on them.</summary>
public sealed class PreferenceTests(BrowserFixture browser)
{
    [Fact]
    public Task Votes_become_a_preference_set_that_is_downloaded_and_trained_on() => browser.VisitAsync(
        "/",
        async page =>
        {
            await page.Locator("#chat-model").SelectOptionAsync(BrowserFixture.TinyDecoder);
            await page.Locator("#prompt").FillAsync("안녕 world");
            await page.Keyboard.PressAsync("Enter");
            ILocator answers = page.Locator(".message.assistant");
            await Expect(answers.Last.Locator(".votes")).ToBeVisibleAsync();
            string worse = await answers.Last.Locator(".text").InnerTextAsync();
            await Vote(answers.Last, "Bad answer").ClickAsync();
            await Expect(Vote(answers.Last, "Bad answer")).ToHaveAttributeAsync("aria-pressed", "true");
            await Expect(page.Locator("#preferences-count")).ToContainTextAsync("Votes: 1. Pairs of a better and a worse answer to the same message: 0.");
            await Expect(page.Locator("#preferences-train")).ToBeDisabledAsync();

            // A model of noise says something else each time; the same again would only be a vote on the same answer.
            string better = worse;
            for (int answer = 2; better == worse; answer++)
            {
                await answers.Last.Locator(".again").ClickAsync();
                await Expect(answers).ToHaveCountAsync(answer);
                await Expect(answers.Last.Locator(".votes")).ToBeVisibleAsync();
                better = await answers.Last.Locator(".text").InnerTextAsync();
            }

            await Vote(answers.Last, "Good answer").ClickAsync();
            await Expect(page.Locator("#preferences-count")).ToContainTextAsync("Votes: 2. Pairs of a better and a worse answer to the same message: 1.");

            IDownload download = await page.RunAndWaitForDownloadAsync(() => page.Locator("#preferences-download").ClickAsync());
            Assert.Equal("preferences.jsonl", download.SuggestedFilename);
            using StreamReader reader = new(await download.CreateReadStreamAsync());
            JsonNode pair = JsonNode.Parse(Assert.Single((await reader.ReadToEndAsync()).TrimEnd().Split('\n')))!;
            Assert.Equal("안녕 world", (string?)pair["input"]!["messages"]![0]!["content"]);
            Assert.Equal(better.Trim(), ((string)pair["preferred_output"]![0]!["content"]!).Trim());
            Assert.Equal(worse.Trim(), ((string)pair["non_preferred_output"]![0]!["content"]!).Trim());

            // The set outlives the page.
            await page.ReloadAsync();
            await Expect(page.Locator("#preferences-count")).ToContainTextAsync("Votes: 2. Pairs of a better and a worse answer to the same message: 1.");
            await page.Locator("#chat-model").SelectOptionAsync(BrowserFixture.TinyDecoder);
            await page.Locator("#preferences-train").ClickAsync();
            await page.WaitForURLAsync("**/jobs");
            JsonArray jobs = (await browser.GetAsync("/v1/fine_tuning/jobs"))["data"]!.AsArray();
            string id = (string)Assert.Single(jobs, job => job!["user_provided_suffix"] is null)!["id"]!;
            ILocator job = page.Locator(".job", new PageLocatorOptions { HasText = id });
            await Expect(job.Locator(".status")).ToHaveTextAsync("done");
            await Expect(job).ToContainTextAsync("The new model is tiny-decoder-");

            await page.GotoAsync("/");
            page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
            await page.Locator("#preferences-clear").ClickAsync();
            await Expect(page.Locator("#preferences")).ToBeHiddenAsync();
        },
        VisitOptions.Stopping);

    private static ILocator Vote(ILocator answer, string name) => answer.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = name });
}
