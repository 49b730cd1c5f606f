using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LlmPlatform.Gateway.Tests.Fakes;

namespace LlmPlatform.Gateway.Tests;

[Collection(GatewayCollection.Name)]
public sealed partial class PageTests(GatewayHost host)
{
    private static readonly string[] ProgressStages = ["queued", "parse", "chunk", "embed", "index"];

    private static readonly string[] Examples = ["docsExample1", "docsExample2", "docsExample3"];

    private static readonly string[] JobWords =
    [
        "job_queued", "job_validating_files", "job_running", "job_paused", "job_succeeded", "job_failed", "job_cancelled",
        "job_do_pause", "job_do_resume", "job_do_cancel", "chart_loss", "chart_margins", "chart_accuracies",
    ];

    /// <summary>Each page with its scripts.</summary>
    public static TheoryData<string, string[]> Pages { get; } = new()
    {
        { "/", ["/app.js", "/page.js", "/chat.js", "/preferences.js", "/docs.js", "/answers.js", "/client.js", "/elements.js"] },
        { "/jobs", ["/jobs.js", "/page.js", "/chart.js", "/client.js", "/elements.js"] },
        { "/documents", ["/documents.js", "/page.js", "/ask.js", "/answers.js", "/client.js", "/elements.js"] },
    };

    [Theory]
    [InlineData("/", "text/html; charset=utf-8")]
    [InlineData("/documents", "text/html; charset=utf-8")]
    [InlineData("/jobs", "text/html; charset=utf-8")]
    [InlineData("/start.css", "text/css; charset=utf-8")]
    [InlineData("/answers.css", "text/css; charset=utf-8")]
    [InlineData("/jobs.css", "text/css; charset=utf-8")]
    [InlineData("/page.js", "text/javascript; charset=utf-8")]
    [InlineData("/docs.js", "text/javascript; charset=utf-8")]
    [InlineData("/answers.js", "text/javascript; charset=utf-8")]
    [InlineData("/jobs.js", "text/javascript; charset=utf-8")]
    [InlineData("/chart.js", "text/javascript; charset=utf-8")]
    [InlineData("/chat.js", "text/javascript; charset=utf-8")]
    [InlineData("/preferences.js", "text/javascript; charset=utf-8")]
    [InlineData("/app.css", "text/css; charset=utf-8")]
    [InlineData("/documents.css", "text/css; charset=utf-8")]
    [InlineData("/app.js", "text/javascript; charset=utf-8")]
    [InlineData("/documents.js", "text/javascript; charset=utf-8")]
    [InlineData("/ask.js", "text/javascript; charset=utf-8")]
    [InlineData("/client.js", "text/javascript; charset=utf-8")]
    [InlineData("/elements.js", "text/javascript; charset=utf-8")]
    [InlineData("/words.js", "text/javascript; charset=utf-8")]
    [InlineData("/favicon.svg", "image/svg+xml")]
    public async Task The_pages_files_are_there_under_a_strict_policy(string path, string contentType)
    {
        Answer answer = await host.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(contentType, answer.Headers["content-type"]);
        Assert.Contains("script-src 'self';", answer.Headers["content-security-policy"]);
        Assert.DoesNotContain("unsafe", answer.Headers["content-security-policy"]);
        Assert.Equal("nosniff", answer.Headers["x-content-type-options"]);
        Assert.NotEmpty(answer.Text);

        using HttpRequestMessage again = new(HttpMethod.Get, path);
        again.Headers.TryAddWithoutValidation("If-None-Match", answer.Headers["etag"]);
        using HttpResponseMessage unchanged = await host.Http.SendAsync(again, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_keeps_to_its_policy_and_its_scripts_to_each_other(string path, string[] scripts)
    {
        string page = (await host.GetAsync(path)).Text;
        string[] imported = [.. (await ScriptsAsync(scripts)).SelectMany(script => Import().Matches(script).Select(match => match.Groups[1].Value))];
        Assert.Contains($"src=\"{scripts[0]}\"", page);
        Assert.Empty(imported.Except([.. scripts, "/words.js"]));
        Assert.All(scripts.Skip(1), script => Assert.Contains(script, imported));

        // Every part that a page is made of was put in its place.
        Assert.DoesNotContain("<!--", page);
        Assert.DoesNotMatch(@"<script(?![^>]*\bsrc=)", page);
        Assert.DoesNotMatch(@"\s(style|on\w+)=", page);
        Assert.DoesNotMatch(@"(src|href)=""(https?:)?//", page);
    }

    [Theory]
    [InlineData("/", "/documents", "/jobs", "/health")]
    [InlineData("/documents", "/", "/jobs", "/scalar")]
    [InlineData("/jobs", "/", "/documents", "/scalar")]
    public async Task Every_address_that_a_page_names_is_there(string path, params string[] expected)
    {
        string page = (await host.GetAsync(path)).Text;
        string[] links = [.. Link().Matches(page).Select(match => match.Groups[1].Value).Distinct()];

        Assert.Empty(expected.Except(links));
        foreach (string link in links)
        {
            Assert.Equal(HttpStatusCode.OK, (await host.GetAsync(link)).Status);
        }
    }

    [Fact]
    public async Task The_page_says_what_to_do_without_a_model()
    {
        string page = (await host.GetAsync("/")).Text;

        Assert.Contains("llm models add PATH", page);
        Assert.Contains("llm pull ", page);
        Assert.Contains("Platform__Models__0__Path", page);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Every_word_of_a_page_exists_in_both_languages(string path, string[] scripts)
    {
        string page = (await host.GetAsync(path)).Text;
        string script = string.Concat(await ScriptsAsync(scripts));
        string words = (await host.GetAsync("/words.js")).Text;
        string[] used = [.. WordsUsed().Matches(page + script).Select(match => match.Groups["key"].Value).Where(key => key.Length > 0).Distinct()];
        string[] languages = [Between(words, "const en = {", "};"), Between(words, "const ko = {", "};")];

        Assert.True(used.Length > 20);
        foreach (string key in used.Concat(path switch { "/documents" => ProgressStages, "/jobs" => JobWords, _ => Examples }))
        {
            Assert.All(languages, language => Assert.Matches($@"\b{key}: """, language));
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Every_element_that_the_scripts_name_is_in_the_page_and_every_field_has_a_label(string path, string[] scripts)
    {
        string page = (await host.GetAsync(path)).Text;
        string script = string.Concat(await ScriptsAsync(scripts));

        Assert.All(ElementUsed().Matches(script).Select(match => match.Groups[1].Value), id => Assert.Contains($"id=\"{id}\"", page));
        foreach (Match field in Field().Matches(page))
        {
            string id = field.Groups[1].Value;
            string before = page[..field.Index];
            bool inside = before.LastIndexOf("<label", StringComparison.Ordinal) > before.LastIndexOf("</label>", StringComparison.Ordinal);
            Assert.True(inside || page.Contains($"for=\"{id}\"", StringComparison.Ordinal), $"{id} has no label");
        }
    }

    [Fact]
    public async Task Votes_on_answers_to_the_same_message_become_pairs_in_openais_form()
    {
        JsonNode told = JsonNode.Parse(await Node.RunAsync("preferences.mjs", new Uri(host.HttpAddress, "/preferences.js").ToString()))!;

        Assert.Equal((4, 2, "up"), ((int)told["votes"]!, (int)told["lines"]!, (string?)told["up"]));
        JsonNode pair = told["pairs"]![0]!;
        Assert.Equal(["input", "preferred_output", "non_preferred_output"], pair.AsObject().Select(field => field.Key));
        Assert.Equal(("user", "안녕?"), ((string?)pair["input"]!["messages"]![0]!["role"], (string?)pair["input"]!["messages"]![0]!["content"]));
        Assert.Equal(("assistant", "좋은 답"), ((string?)pair["preferred_output"]![0]!["role"], (string?)pair["preferred_output"]![0]!["content"]));
        Assert.Equal(["bad", "worse"], told["pairs"]!.AsArray().Select(one => (string?)one!["non_preferred_output"]![0]!["content"]));
        Assert.Equal("""{"votes":3,"pairs":0}""", told["changed"]!.ToJsonString());
        Assert.Equal(0, (int)told["forgotten"]!);
    }

    private async Task<string[]> ScriptsAsync(string[] scripts) => [.. await Task.WhenAll(scripts.Select(async script => (await host.GetAsync(script)).Text))];

    private static string Between(string text, string start, string end)
    {
        int from = text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }

    [GeneratedRegex(@"^import .* from ""([^""]+)"";$", RegexOptions.Multiline)]
    private static partial Regex Import();

    [GeneratedRegex(@"<a [^>]*href=""(/[^""]*)""")]
    private static partial Regex Link();

    [GeneratedRegex(@"data-(words|label|placeholder)=""(?<key>\w+)""|\bsay\(""(?<key>\w+)""")]
    private static partial Regex WordsUsed();

    [GeneratedRegex(@"\$\(""([\w-]+)""\)")]
    private static partial Regex ElementUsed();

    [GeneratedRegex(@"<(?:input|select|textarea)\b[^>]*\bid=""([\w-]+)""")]
    private static partial Regex Field();
}
