using System.Net;
using System.Text.RegularExpressions;
using LlmPlatform.Gateway.Tests.Fakes;

namespace LlmPlatform.Gateway.Tests;

[Collection(GatewayCollection.Name)]
public sealed partial class PageTests(GatewayHost host)
{
    [Theory]
    [InlineData("/", "text/html; charset=utf-8")]
    [InlineData("/app.css", "text/css; charset=utf-8")]
    [InlineData("/app.js", "text/javascript; charset=utf-8")]
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

    [Fact]
    public async Task The_page_keeps_to_its_policy()
    {
        string page = (await host.GetAsync("/")).Text;

        Assert.DoesNotMatch(@"<script(?![^>]*\bsrc=)", page);
        Assert.DoesNotMatch(@"\s(style|on\w+)=", page);
        Assert.DoesNotMatch(@"(src|href)=""(https?:)?//", page);
    }

    [Fact]
    public async Task Every_address_that_the_page_names_is_there()
    {
        string page = (await host.GetAsync("/")).Text;
        string[] links = [.. Link().Matches(page).Select(match => match.Groups[1].Value).Distinct()];

        Assert.Contains("/scalar", links);
        Assert.Contains("/health", links);
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

    [Fact]
    public async Task Every_word_of_the_page_exists_in_both_languages()
    {
        string page = (await host.GetAsync("/")).Text;
        string script = (await host.GetAsync("/app.js")).Text;
        string words = (await host.GetAsync("/words.js")).Text;
        string[] used = [.. WordsUsed().Matches(page + script).Select(match => match.Groups["key"].Value).Where(key => key.Length > 0).Distinct()];
        string[] languages = [Between(words, "const en = {", "};"), Between(words, "const ko = {", "};")];

        Assert.True(used.Length > 30);
        foreach (string key in used)
        {
            Assert.All(languages, language => Assert.Matches($@"\b{key}: """, language));
        }
    }

    [Fact]
    public async Task Every_element_that_the_script_names_is_in_the_page_and_every_field_has_a_label()
    {
        string page = (await host.GetAsync("/")).Text;
        string script = (await host.GetAsync("/app.js")).Text;

        Assert.All(ElementUsed().Matches(script).Select(match => match.Groups[1].Value), id => Assert.Contains($"id=\"{id}\"", page));
        foreach (Match field in Field().Matches(page))
        {
            string id = field.Groups[1].Value;
            string before = page[..field.Index];
            bool inside = before.LastIndexOf("<label", StringComparison.Ordinal) > before.LastIndexOf("</label>", StringComparison.Ordinal);
            Assert.True(inside || page.Contains($"for=\"{id}\"", StringComparison.Ordinal), $"{id} has no label");
        }
    }

    private static string Between(string text, string start, string end)
    {
        int from = text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }

    [GeneratedRegex(@"<a [^>]*href=""(/[^""]*)""")]
    private static partial Regex Link();

    [GeneratedRegex(@"data-(words|label|placeholder)=""(?<key>\w+)""|\bsay\(""(?<key>\w+)""")]
    private static partial Regex WordsUsed();

    [GeneratedRegex(@"\$\(""([\w-]+)""\)")]
    private static partial Regex ElementUsed();

    [GeneratedRegex(@"<(?:input|select|textarea)\b[^>]*\bid=""([\w-]+)""")]
    private static partial Regex Field();
}
