namespace LlmPlatform.Browser.Tests.Support;

/// <summary>The machine's own browser: the one that Playwright would fetch is not asked for.</summary>
internal static class Chromium
{
    private const string Variable = "LLMPLATFORM_CHROMIUM";

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "chrome"];

    /// <summary>Without a window; with no sandbox of its own, which it cannot have where tests run as root.</summary>
    public static string[] Arguments { get; } = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars"];

    /// <summary>Where it is, or null.</summary>
    public static string? Path { get; } = Find();

    /// <summary>Why tests without it are skipped.</summary>
    public static string Missing => $"no Chromium: install it (Debian: apt-get install chromium) or name it in {Variable}";

    private static string? Find()
    {
        string? named = Environment.GetEnvironmentVariable(Variable);
        if (!string.IsNullOrEmpty(named))
        {
            return File.Exists(named) ? named : null;
        }

        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator);
        return Names.SelectMany(name => folders.Select(folder => System.IO.Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }
}
