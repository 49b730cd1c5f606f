using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace LlmPlatform.Browser.Tests.Support;

/// <summary>What goes wrong in a page unseen: errors and warnings in its console, exceptions, requests without a good answer.</summary>
internal sealed class PageProblems
{
    private readonly ConcurrentQueue<string> _problems = new();
    private readonly IReadOnlyList<string> _expected;

    public PageProblems(IPage page, IReadOnlyList<string> expected)
    {
        _expected = expected;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                Add($"console {message.Type}: {message.Text}");
            }
        };
        page.PageError += (_, error) => Add($"exception: {error}");
        page.RequestFailed += (_, request) => Add($"request failed: {request.Method} {request.Url}: {request.Failure}");
        page.Response += (_, response) =>
        {
            if (response.Status >= 400)
            {
                Add($"request refused: {response.Request.Method} {response.Url}: {response.Status}");
            }
        };
    }

    public void AssertNone() => Assert.Empty(_problems);

    private void Add(string problem)
    {
        if (!_expected.Any(part => problem.Contains(part, StringComparison.Ordinal)))
        {
            _problems.Enqueue(problem);
        }
    }
}
