using System.Text.Json.Nodes;
using LlmPlatform.Browser.Tests;
using LlmPlatform.Browser.Tests.Support;
using LlmPlatform.Platform.Tests.Samples;
using LlmPlatform.Testing;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(BrowserFixture))]

namespace LlmPlatform.Browser.Tests;

/// <summary>One platform and one browser for all tests: tiny models of ours, and real ones where they are to be had.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    public const string TinyDecoder = "tiny-decoder";
    public const string TinyEncoder = "tiny-encoder";

    /// <summary>A decoder that does not end by itself for long.</summary>
    public const string Endless = "tiny-endless";

    /// <summary>What a new user chats with.</summary>
    public const string StarterChat = "starter-chat";

    private const float Patience = 120_000;

    private const string RealChat = "smollm2-135m-instruct";
    private const string RealEncoder = "all-minilm-l6-v2";

    private static readonly string[] ChatModels = [StarterChat, RealChat, TinyDecoder];

    private readonly string _samples = Directory.CreateTempSubdirectory("llmplatform-samples-").FullName;
    private PlatformProcess? _platform;
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private HttpClient? _http;

    /// <summary>The gateway's HTTP port.</summary>
    public HttpClient Http => _http!;

    /// <summary>The best chat model that is to be had.</summary>
    public string ChatModel { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        if (Chromium.Path is null)
        {
            return; // Every test says so itself.
        }

        Dictionary<string, string> models = new[] { RealChat, RealEncoder }.Where(name => SharedData.TryFind("models", name) is not null)
            .ToDictionary(name => name, name => SharedData.TryFind("models", name)!);
        models[TinyDecoder] = await WriteWithoutEndAsync(Path.Combine(_samples, TinyDecoder), positions: 128);
        models[TinyEncoder] = await TinyModels.WriteEncoderAsync(Path.Combine(_samples, TinyEncoder));
        models[Endless] = await WriteWithoutEndAsync(Path.Combine(_samples, Endless), positions: 1 << 20);
        _platform = await PlatformProcess.StartAsync(new PlatformProcessOptions
        {
            Models = models,
            Environment = new Dictionary<string, string> { ["Platform__Retrieval__Encoder"] = models.ContainsKey(RealEncoder) ? RealEncoder : TinyEncoder },
        });
        _http = new HttpClient { BaseAddress = _platform.Http };
        string[] names = [.. (await GetAsync("/v1/models"))["data"]!.AsArray().Select(model => (string)model!["id"]!)];
        ChatModel = ChatModels.First(names.Contains);

        Assertions.SetDefaultExpectTimeout(Patience);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Chromium.Path, Args = Chromium.Arguments, Headless = true });
    }

    /// <summary>
    /// Opens a page of the platform in a browser of its own, does what is wanted, and fails if anything was wrong meanwhile that
    /// a user would not see: an error in the console, a request that failed.
    /// </summary>
    public async Task VisitAsync(string path, Func<IPage, Task> visit, VisitOptions? options = null)
    {
        if (_browser is null)
        {
            Assert.Skip(Chromium.Missing);
        }

        options ??= new VisitOptions();
        await using IBrowserContext context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Http.BaseAddress!.ToString(),
            Locale = options.Locale,
            ColorScheme = options.Dark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
            ViewportSize = new ViewportSize { Width = options.Width, Height = options.Height },
        });
        context.SetDefaultTimeout(Patience);
        IPage page = await context.NewPageAsync();
        PageProblems problems = new(page, options.Expected);
        await page.GotoAsync(path);
        await visit(page);
        problems.AssertNone();
    }

    public async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await Http.GetStringAsync(path))!;

    public async Task<JsonNode> PostAsync(string path, JsonNode? body = null)
    {
        using StringContent content = new(body?.ToJsonString() ?? "", System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await Http.PostAsync(path, body is null ? null : content);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        _http?.Dispose();
        if (_platform is not null)
        {
            await _platform.DisposeAsync();
        }

        Directory.Delete(_samples, recursive: true);
    }

    // A decoder of noise that may end at once would be a test of luck.
    private static async Task<string> WriteWithoutEndAsync(string folder, int positions)
    {
        await TinyModels.WriteDecoderAsync(folder, seed: 5, maxPositions: positions);
        string config = Path.Combine(folder, "config.json");
        JsonObject withoutEnd = JsonNode.Parse(await File.ReadAllTextAsync(config))!.AsObject();
        withoutEnd.Remove("eos_token_id");
        await File.WriteAllTextAsync(config, withoutEnd.ToJsonString());
        return folder;
    }
}
