using System.Globalization;
using System.Text.Json.Nodes;
using LlmPlatform.Browser.Tests.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LlmPlatform.Browser.Tests.Training;

/// <summary>The page of training jobs: they appear by themselves, their curves grow, and they do as they are told.</summary>
public sealed class JobTests(BrowserFixture browser)
{
    [Fact]
    public Task A_job_appears_grows_is_paused_goes_on_and_is_cancelled() => browser.VisitAsync("/jobs", async page =>
    {
        await Expect(page.Locator("#jobs, #no-jobs").First).ToBeAttachedAsync();
        string id = await CreateAsync("curve", new JsonObject
        {
            ["method"] = new JsonObject { ["type"] = "supervised" },
            ["recipe"] = Recipe(steps: 20_000),
        }, Conversations());

        ILocator job = page.Locator(".job", new PageLocatorOptions { HasText = id });
        await Expect(job.Locator(".status")).ToHaveTextAsync("running");
        ILocator loss = job.GetByRole(AriaRole.Img, new LocatorGetByRoleOptions { NameRegex = new("^Loss") });
        await Expect(loss).ToBeVisibleAsync();
        int first = await LastStepAsync(loss);
        await page.WaitForConditionAsync(async () => await LastStepAsync(loss) > first);
        await Expect(loss).ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex(@"^Loss\. loss: from \d"));

        await Action(job, "Pause").ClickAsync();
        await Expect(job.Locator(".status")).ToHaveTextAsync("paused");
        int paused = await StepAsync(job);
        await Action(job, "Resume").ClickAsync();
        await Expect(job.Locator(".status")).ToHaveTextAsync("running");
        await page.WaitForConditionAsync(async () => await StepAsync(job) > paused);

        page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await Action(job, "Cancel").ClickAsync();
        await Expect(job.Locator(".status")).ToHaveTextAsync("cancelled");
        foreach (string action in new[] { "Pause", "Resume", "Cancel" })
        {
            await Expect(Action(job, action)).ToBeHiddenAsync();
        }
    });

    [Fact]
    public Task A_preference_job_shows_its_reward_margin() => browser.VisitAsync("/jobs", async page =>
    {
        string id = await CreateAsync("margin", new JsonObject
        {
            ["method"] = new JsonObject { ["type"] = "dpo", ["dpo"] = new JsonObject { ["hyperparameters"] = new JsonObject { ["beta"] = 0.1 } } },
            ["recipe"] = Recipe(steps: 60),
        }, Pairs());

        ILocator job = page.Locator(".job", new PageLocatorOptions { HasText = id });
        await Expect(job.Locator(".status")).ToHaveTextAsync("done");
        await Expect(job).ToContainTextAsync("step 60 of 60");
        await Expect(job).ToContainTextAsync("The new model is tiny-decoder-margin");
        ILocator margin = job.GetByRole(AriaRole.Img, new LocatorGetByRoleOptions { NameRegex = new("^Reward margin") });
        await Expect(margin).ToBeVisibleAsync();
        Assert.Equal(60, await LastStepAsync(margin));
        Assert.True(await margin.Locator("polyline").First.EvaluateAsync<int>("line => line.points.numberOfItems") >= 30);
        await Expect(job.GetByRole(AriaRole.Img, new LocatorGetByRoleOptions { NameRegex = new("^Loss") })).ToBeVisibleAsync();
        await Pictures.TakeAsync(page, "training");

        await job.Locator("summary", new LocatorLocatorOptions { HasText = "Recipe" }).ClickAsync();
        await Expect(job.Locator("pre")).ToContainTextAsync("\"objective\": \"dpo\"");
    });

    private static ILocator Action(ILocator job, string name) => job.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = name, IncludeHidden = true });

    private static async Task<int> StepAsync(ILocator job)
    {
        string text = await job.Locator(".row .hint").InnerTextAsync();
        return int.Parse(text.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    // The picture says in words where its curve ends.
    private static async Task<int> LastStepAsync(ILocator chart)
    {
        string label = await chart.GetAttributeAsync("aria-label") ?? "";
        return int.Parse(System.Text.RegularExpressions.Regex.Match(label, @"at step (\d+)\.").Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private static JsonObject Recipe(int steps) => new()
    {
        ["max_steps"] = steps,
        ["logging_steps"] = 1,
        ["per_device_train_batch_size"] = 2,
        ["learning_rate"] = 1e-3,
        ["max_length"] = 64,
        ["threads"] = 1,
    };

    private static IEnumerable<JsonNode> Conversations() => Enumerable.Range(0, 16).Select(i => (JsonNode)new JsonObject
    {
        ["messages"] = new JsonArray(Message("user", i % 2 == 0 ? "what is the capital of Korea ?" : "고양이 ?"), Message("assistant", i % 2 == 0 ? "Seoul ." : "the cat sits on the mat .")),
    });

    private static IEnumerable<JsonNode> Pairs() => Enumerable.Range(0, 16).Select(i => (JsonNode)new JsonObject
    {
        ["input"] = new JsonObject { ["messages"] = new JsonArray(Message("user", i % 2 == 0 ? "what is the capital of France ?" : "hello")) },
        ["preferred_output"] = new JsonArray(Message("assistant", i % 2 == 0 ? "Paris ." : "hello world !")),
        ["non_preferred_output"] = new JsonArray(Message("assistant", i % 2 == 0 ? "a dog ." : "the mat")),
    });

    private static JsonObject Message(string role, string content) => new() { ["role"] = role, ["content"] = content };

    private async Task<string> CreateAsync(string suffix, JsonObject job, IEnumerable<JsonNode> lines)
    {
        using MultipartFormDataContent form = new()
        {
            { new StringContent("fine-tune"), "purpose" },
            { new StringContent(string.Concat(lines.Select(line => line.ToJsonString() + "\n"))), "file", "lines.jsonl" },
        };
        using HttpResponseMessage uploaded = await browser.Http.PostAsync("/v1/files", form);
        uploaded.EnsureSuccessStatusCode();
        job["model"] = BrowserFixture.TinyDecoder;
        job["suffix"] = suffix;
        job["training_file"] = (string?)JsonNode.Parse(await uploaded.Content.ReadAsStringAsync())!["id"];
        return (string)(await browser.PostAsync("/v1/fine_tuning/jobs", job))["id"]!;
    }
}
