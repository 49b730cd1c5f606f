using System.Text;
using LlmPlatform.Browser.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LlmPlatform.Browser.Tests.Documents;

/// <summary>The page of documents: from an upload to an answer with its source.</summary>
public sealed class DocumentsTests(BrowserFixture browser)
{
    private const string Handbook = """
        # Lighthouse handbook

        ## Warranty

        The warranty of the lamp lasts eighteen months from the day of delivery. It covers the glass, the motor and the mirror, and ends at once when the housing was opened by anyone but the maker.

        ## Cleaning

        Clean the lens with a dry cloth every second week. Never use vinegar, because it makes the glass dull. The mirror is cleaned once a year by the maker.

        ## Storm

        When a storm comes, close the shutters and light the second lamp. The keeper stays in the tower until the wind has fallen below force six, and writes the hour into the log.
        """;

    [Fact]
    public Task A_document_is_uploaded_watched_searched_and_asked() => browser.VisitAsync("/documents", async page =>
    {
        await MakeCollectionAsync(page, $"Lighthouse {Random.Shared.Next(1_000_000)}");
        await page.ObserveAsync("#documents");
        await page.Locator("#files").SetInputFilesAsync([File("handbook.md", Handbook), File("log.txt", LongLog())]);
        await Expect(Row(page, "handbook.md")).ToContainTextAsync("indexed");
        await Expect(Row(page, "log.txt").Locator("td").Nth(1)).ToHaveTextAsync("indexed");
        string[] stages = ["waiting", "being read", "being cut", "being embedded", "being indexed"];
        string[] seen = await page.ObservedAsync();
        Assert.Contains(seen, text => stages.Any(stage => text.Contains(stage, StringComparison.Ordinal)));
        await Expect(page.Locator("#store-hint")).ToContainTextAsync("Documents: 2, ");

        await page.Locator("#question").FillAsync("warranty of the lamp");
        await page.Locator("#search").ClickAsync();
        await Expect(page.Locator("#results > li").First).ToContainTextAsync("eighteen months");
        await page.Locator("#results summary").First.ClickAsync();
        await Expect(page.Locator("#results details").First).ToContainTextAsync("BM25");

        await AskAsync(page, "How long does the warranty of the lamp last?");
        await Expect(page.Locator("#answer-text")).ToContainTextAsync("eighteen months");
        ILocator citation = page.Locator("#citations button").First;
        await Expect(citation).ToContainTextAsync("handbook.md");
        await Pictures.TakeAsync(page, "ask");
        await Expect(citation).ToContainTextAsync("Warranty");
        await citation.ClickAsync();
        await Expect(page.Locator("#source")).ToBeVisibleAsync();
        await Expect(page.Locator("#source-title")).ToHaveTextAsync("handbook.md");
        await Expect(page.Locator("#source mark").First).ToContainTextAsync("eighteen months");
        await Expect(page.Locator("#source-text")).ToContainTextAsync("Never use vinegar");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.Locator("#source")).ToBeHiddenAsync();
        await Expect(citation).ToBeFocusedAsync();

        await AskAsync(page, "Who won the football world cup in 1998?");
        await Expect(page.Locator("#answer-text")).ToHaveTextAsync("The documents do not say.");
        await Expect(page.Locator("#citations li")).ToHaveCountAsync(0);

        page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await Row(page, "log.txt").GetByRole(AriaRole.Button).ClickAsync();
        await Expect(page.Locator("#documents tr")).ToHaveCountAsync(1);
        await page.Locator("#delete-store").ClickAsync();
        await Expect(page.Locator("#store option", new PageLocatorOptions { HasText = "Lighthouse " })).ToHaveCountAsync(0);
    });

    [Fact]
    public Task What_cannot_be_read_says_why_in_its_row() => browser.VisitAsync("/documents", async page =>
    {
        await MakeCollectionAsync(page, $"broken-{Guid.NewGuid():N}");
        await page.Locator("#files").SetInputFilesAsync(File("broken.pdf", "%PDF-1.7 and no more"));
        await Expect(Row(page, "broken.pdf")).ToContainTextAsync("failed");
        await Expect(Row(page, "broken.pdf").Locator(".why")).Not.ToBeEmptyAsync();

        await page.Locator("#filter").SelectOptionAsync("completed");
        await Expect(page.Locator("#no-documents")).ToBeVisibleAsync();
    });

    [Fact]
    public Task Korean_documents_are_uploaded_searched_and_asked() => browser.VisitAsync(
        "/documents",
        async page =>
        {
            await Expect(page.Locator("h1")).ToHaveTextAsync("문서");
            await MakeCollectionAsync(page, $"등대-{Guid.NewGuid():N}");
            await page.Locator("#files").SetInputFilesAsync(File("등대 안내서.md", "# 등대 안내서\n\n## 보증\n\n등대 전구의 보증 기간은 납품일로부터 열여덟 달입니다.\n\n## 청소\n\n렌즈는 두 주마다 마른 천으로 닦습니다.\n"));
            await Expect(Row(page, "등대 안내서.md")).ToContainTextAsync("색인됨");

            await AskAsync(page, "전구의 보증 기간은 얼마입니까?");
            await Expect(page.Locator("#answer-text")).ToContainTextAsync("열여덟 달");
            await page.Locator("#citations button").First.ClickAsync();
            await Expect(page.Locator("#source-title")).ToHaveTextAsync("등대 안내서.md");
            await Expect(page.Locator("#source-place")).ToContainTextAsync("보증");
            await Expect(page.Locator("#source mark").First).ToContainTextAsync("열여덟 달입니다.");
            await page.Locator("#close-source").ClickAsync();

            await AskAsync(page, "프랑스의 수도는 어디입니까?");
            await Expect(page.Locator("#answer-text")).ToHaveTextAsync("문서에 답이 없습니다.");
        },
        VisitOptions.Korean);

    private static async Task MakeCollectionAsync(IPage page, string name)
    {
        await page.Locator("#new-store").FillAsync(name);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#store option:checked")).ToHaveTextAsync(name);
        await Expect(page.Locator("#store-hint")).Not.ToBeEmptyAsync();
    }

    private static async Task AskAsync(IPage page, string question)
    {
        await page.Locator("#question").FillAsync(question);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#ask")).ToBeVisibleAsync();
        await Expect(page.Locator("#answer-text")).Not.ToBeEmptyAsync();
    }

    private static ILocator Row(IPage page, string name) => page.Locator("#documents tr", new PageLocatorOptions { HasText = name });

    private static FilePayload File(string name, string text) => new() { Name = name, MimeType = "application/octet-stream", Buffer = Encoding.UTF8.GetBytes(text) };

    // Long enough that it is seen on its way.
    private static string LongLog() => string.Join('\n', Enumerable.Range(1, 120).Select(day =>
        $"Day {day}: wind force {day % 12}, {day * 7 % 31} ships passed, the oil stood at {day * 13 % 100} litres and the bell rang {day % 5} times.\n"));
}
