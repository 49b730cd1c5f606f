using System.Net;
using System.Text.Json.Nodes;

namespace LlmPlatform.Gateway.Tests.Fakes;

/// <summary>What the gateway answered.</summary>
internal sealed record Answer(HttpStatusCode Status, string Text, IReadOnlyDictionary<string, string> Headers)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    public JsonNode Error => Json["error"]!;

    public string? Param => (string?)Error["param"];

    public string? Code => (string?)Error["code"];

    public string Message => (string)Error["message"]!;

    public static async Task<Answer> ReadAsync(HttpResponseMessage response) => new(
        response.StatusCode,
        await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
        response.Headers.Concat(response.Content.Headers)
            .ToDictionary(header => header.Key.ToLowerInvariant(), header => string.Join(", ", header.Value)));

    /// <summary>The payloads of an event stream.</summary>
    public string[] Events()
    {
        Assert.EndsWith("\n\n", Text);
        string[] events = Text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.All(events, line => Assert.StartsWith("data: ", line));
        return [.. events.Select(line => line["data: ".Length..])];
    }
}
