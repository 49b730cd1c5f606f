using System.Diagnostics;
using LlmPlatform.Tokenization.ChatTemplates;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Syntax;

namespace LlmPlatform.Tokenization.Tests.ChatTemplates;

/// <summary>No template hangs, fills the memory or ends the process.</summary>
public class JinjaLimitTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("{{ 'a' * 1000000000000 }}")]
    [InlineData("{{ [0] * 1000000000000 }}")]
    [InlineData("{{ 9 ** 999999999 }}")]
    [InlineData("{{ 'a'.ljust(1000000000000) }}")]
    [InlineData("{{ '%1000000000d' % 1 }}")]
    [InlineData("{{ '{:1000000000}'.format(1) }}")]
    [InlineData("{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}")]
    [InlineData("{% set n = namespace(t='ab') %}{% for a in range(100) %}{% set n.t = n.t + n.t %}{% endfor %}")]
    [InlineData("{% set n = namespace(l=[1]) %}{% for a in range(100) %}{% set n.l = [n.l, n.l] %}{% endfor %}{{ n.l }}")]
    [InlineData("{% set n = namespace(l=[1]) %}{% for a in range(100) %}{% set n.l = [n.l, n.l] %}{% endfor %}{{ n.l | tojson }}")]
    [InlineData("{% set n = namespace(l=[1], m=[1]) %}{% for a in range(100) %}{% set n.l = [n.l, n.l] %}{% set n.m = [n.m, n.m] %}{% endfor %}{{ n.l == n.m }}")]
    [InlineData("{% set n = namespace(l=(1,)) %}{% for a in range(100) %}{% set n.l = (n.l, n.l) %}{% endfor %}{{ {n.l: 1} }}")]
    [InlineData("{% set t = 'x' * 10000000 %}{% for a in range(100000) %}{% set u = t.upper() %}{% endfor %}")]
    [InlineData("{% for a in range(100000) %}{{ 'x' * 1000 }}{% endfor %}")]
    [InlineData("{% set n = namespace(l=[]) %}{% for a in range(100000) %}{% set n.l = [n.l] %}{% endfor %}{{ n.l }}")]
    [InlineData("{% macro m(n) %}{% if n %}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(100000) }}")]
    [InlineData("{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}")]
    public void Stops_what_takes_too_much(string template)
    {
        Stopwatch watch = Stopwatch.StartNew();

        ChatTemplateException error = Assert.Throws<ChatTemplateException>(() => Render(Parser.Parse(template)));

        Assert.Contains(error.Kind, new[] { ChatTemplateErrorKind.Limit, ChatTemplateErrorKind.Recursion });
        Assert.True(watch.Elapsed < Patience, $"took {watch.Elapsed}");
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("{1: ", "}")]
    [InlineData("-", "")]
    [InlineData("not ", "")]
    [InlineData("1 if 1 else ", "")]
    [InlineData("x(", ")")]
    [InlineData("x[", "]")]
    public void Refuses_expressions_that_are_nested_too_deeply(string open, string close)
    {
        string nested = string.Concat(Enumerable.Repeat(open, 100_000)) + "1" + string.Concat(Enumerable.Repeat(close, 100_000));

        Assert.Throws<ChatTemplateException>(() => Render(Parser.Parse("{{ " + nested + " }}")));
    }

    [Theory]
    [InlineData("{% if 1 %}")]
    [InlineData("{% for a in [1] %}")]
    [InlineData("{% macro m() %}")]
    [InlineData("{% set x %}")]
    public void Refuses_tags_that_are_nested_too_deeply(string tag) =>
        Assert.Throws<ChatTemplateException>(() => Parser.Parse(string.Concat(Enumerable.Repeat(tag, 100_000))));

    [Theory]
    [InlineData("x.a", ".a")]
    [InlineData("1", " + 1")]
    [InlineData("1", " | string")]
    [InlineData("f", "()")]
    public void Long_chains_end_with_a_result_or_an_error(string start, string link)
    {
        string chain = start + string.Concat(Enumerable.Repeat(link, 100_000));

        Exception? error = Record.Exception(() => Render(Parser.Parse("{{ " + chain + " }}")));

        Assert.True(error is null or ChatTemplateException, error?.ToString());
    }

    private static string Render(Template template) =>
        Interpreter.Render(template, new Dictionary<string, object?>(), TimeProvider.System).Text;
}
