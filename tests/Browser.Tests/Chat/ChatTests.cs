using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using LlmPlatform.Browser.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LlmPlatform.Browser.Tests.Chat;

/// <summary>The chat of the start page.</summary>
public sealed class ChatTests(BrowserFixture browser)
{
    [Fact]
    public Task A_conversation_is_had() => browser.VisitAsync("/", async page =>
    {
        await MakeDeterministicAsync(page);
        await page.Locator("#chat-model").SelectOptionAsync(browser.ChatModel);
        string[] questions = ["Hello!", browser.ChatModel == BrowserFixture.StarterChat ? "What can this platform do?" : "What is the capital of France?"];
        ILocator answers = page.Locator(".message.assistant");
        foreach (string question in questions)
        {
            await page.Locator("#prompt").FillAsync(question);
            await page.Keyboard.PressAsync("Enter");
            await Expect(page.Locator(".message.user .text").Last).ToHaveTextAsync(question);
            await Expect(answers.Last.GetByRole(AriaRole.Group)).ToBeVisibleAsync();
            Assert.NotEmpty(await answers.Last.Locator(".text").InnerTextAsync());
            await Expect(page.Locator("#chat-usage")).ToContainTextAsync("tokens/s");
            await Expect(page.Locator("#prompt")).ToBeFocusedAsync();
            await Expect(page.Locator("#prompt")).ToHaveValueAsync("");
        }

        await Expect(page.Locator(".message")).ToHaveCountAsync(2 * questions.Length);
        await page.Locator("#docs-examples button").First.ClickAsync();
        await Expect(page.Locator("#citations button").First).ToBeVisibleAsync();
        await Pictures.TakeAsync(page, "chat");

        await page.Locator("#clear").ClickAsync();
        await Expect(page.Locator(".message")).ToHaveCountAsync(0);
        await Expect(page.Locator("#chat-empty")).ToBeVisibleAsync();
    });

    [Fact]
    public Task An_answer_grows_is_stopped_and_the_chat_goes_on() => browser.VisitAsync(
        "/",
        async page =>
        {
            await page.Locator("#chat-model").SelectOptionAsync(BrowserFixture.Endless);
            foreach (string message in new[] { "the cat", "the dog" })
            {
                await page.Locator("#prompt").FillAsync(message);
                await page.Locator("#send").ClickAsync();
                ILocator text = page.Locator(".message.assistant .text").Last;
                await Expect(text).Not.ToBeEmptyAsync();
                int length = (await text.InnerTextAsync()).Length;
                await page.WaitForConditionAsync(async () => (await text.InnerTextAsync()).Length > length);
                await Expect(page.Locator("#send")).ToBeHiddenAsync();

                long stopped = Stopwatch.GetTimestamp();
                await page.Locator("#stop").ClickAsync();
                await Expect(page.Locator("#send")).ToBeVisibleAsync();
                Assert.InRange(Stopwatch.GetElapsedTime(stopped), TimeSpan.Zero, TimeSpan.FromSeconds(5));

                // What was there stays, and nothing follows it.
                string said = await text.InnerTextAsync();
                await Task.Delay(200);
                Assert.Equal(said, await text.InnerTextAsync());
                await Expect(page.Locator(".message.assistant").Last.GetByRole(AriaRole.Group)).ToBeVisibleAsync();
            }

            await Expect(page.Locator(".message")).ToHaveCountAsync(4);
        },
        VisitOptions.Stopping);

    [Fact]
    public Task What_the_platform_refuses_is_said_and_the_message_comes_back() => browser.VisitAsync(
        "/",
        async page =>
        {
            string tooLong = string.Join(' ', Enumerable.Repeat("the cat", 200));
            await page.Locator("#chat-model").SelectOptionAsync(BrowserFixture.TinyDecoder);
            await page.Locator("#prompt").FillAsync(tooLong);
            await page.Keyboard.PressAsync("Enter");

            await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("128");
            await Expect(page.Locator("#prompt")).ToHaveValueAsync(tooLong);
            await Expect(page.Locator(".message")).ToHaveCountAsync(0);
        },
        new VisitOptions { Expected = ["400"] });

    [Fact]
    public Task Two_sentences_are_compared() => browser.VisitAsync("/", async page =>
    {
        await page.Locator("#embed-model").SelectOptionAsync(BrowserFixture.TinyEncoder);
        await page.Locator("#first").FillAsync("the cat");
        await page.Locator("#second").FillAsync("the cat");
        await page.Locator("#compare").ClickAsync();
        await Expect(page.Locator("#score")).ToHaveTextAsync("1.000");
    });

    // The page leaves sampling to the platform; a picture of it should not change with every run.
    private static async Task MakeDeterministicAsync(IPage page) => await page.RouteAsync("**/v1/chat/completions", async route =>
    {
        JsonNode request = JsonNode.Parse(route.Request.PostData!)!;
        request["temperature"] = 0;
        await route.ContinueAsync(new RouteContinueOptions { PostData = Encoding.UTF8.GetBytes(request.ToJsonString()) });
    });
}
