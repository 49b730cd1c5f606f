namespace LlmPlatform.Browser.Tests.Support;

/// <summary>How a page is looked at.</summary>
public sealed record VisitOptions
{
    public string Locale { get; init; } = "en-US";

    public bool Dark { get; init; }

    public int Width { get; init; } = 1280;

    public int Height { get; init; } = 800;

    /// <summary>Parts of what the browser reports that are part of the test, for example a request that the test stops.</summary>
    public IReadOnlyList<string> Expected { get; init; } = [];

    public static VisitOptions Korean { get; } = new() { Locale = "ko-KR" };

    /// <summary>A telephone held upright.</summary>
    public static VisitOptions Small { get; } = new() { Width = 390, Height = 844 };

    /// <summary>The test stops a request itself, or leaves a page that is still asking.</summary>
    public static VisitOptions Stopping { get; } = new() { Expected = ["net::ERR_ABORTED"] };
}
