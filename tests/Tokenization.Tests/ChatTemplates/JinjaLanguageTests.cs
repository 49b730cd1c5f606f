using LlmPlatform.Tokenization.ChatTemplates;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Syntax;

namespace LlmPlatform.Tokenization.Tests.ChatTemplates;

/// <summary>Rules of the language, each with a small template.</summary>
public class JinjaLanguageTests
{
    [Theory]
    [InlineData("{{ [1, 'a', none, true, 2.0, (1,), {'k': 1e22}] }}", "[1, 'a', None, True, 2.0, (1,), {'k': 1e+22}]")]
    [InlineData("{{ 1e15 }} {{ 1e16 }} {{ 0.0001 }} {{ 0.00001 }} {{ -0.0 }}", "1000000000000000.0 1e+16 0.0001 1e-05 -0.0")]
    [InlineData("{{ [\"it's\", 'say \"it\\'s\"', '\\u200b', '\\xe9'] }}", "[\"it's\", 'say \"it\\'s\"', '\\u200b', 'é']")]
    [InlineData("{{ missing }}{{ [missing] }}", "[Undefined]")]
    public void Prints_as_Python(string template, string expected) => Assert.Equal(expected, Render(template));

    [Theory]
    [InlineData("{{ 2 ** 100 }}", "1267650600228229401496703205376")]
    [InlineData("{{ 9223372036854775807 + 1 }} {{ -9223372036854775808 - 1 }}", "9223372036854775808 -9223372036854775809")]
    [InlineData("{{ -7 // 2 }} {{ -7 % 3 }} {{ 7 % -3 }} {{ -7.5 // 2 }} {{ -7.5 % 2 }}", "-4 2 -2 -4.0 0.5")]
    [InlineData("{{ 0.5|round }} {{ 1.5|round }} {{ 2.675|round(2) }} {{ 15|round(-1) }} {{ 25|round(-1) }}", "0.0 2.0 2.67 20 20")]
    [InlineData("{{ 1 == 1.0 == true }} {{ {1: 'a', true: 'b', 1.0: 'c'} }}", "True {1: 'c'}")]
    [InlineData("{{ 5426803985165839527778548 + 0.5 }}", "5.42680398516584e+24")]
    public void Calculates_as_Python(string template, string expected) => Assert.Equal(expected, Render(template));

    [Theory]
    [InlineData("{{ '🦊x🦊'|length }} {{ '🦊x🦊'[1:] }} {{ '🦊x🦊'.find('x') }} {{ '🦊x'|reverse }}", "3 x🦊 1 x🦊")]
    [InlineData("{{ 'straße ﬁn Σας ΑΣ'.upper() }} {{ 'ΑΣ ΑΣΑ'.lower() }}", "STRASSE FIN ΣΑΣ ΑΣ ας ασα")]
    [InlineData("{{ '\\u00a0a\\u3000'.strip() }}|{{ 'a\\x1cb\\u2028c'.split() }}", "a|['a', 'b', 'c']")]
    [InlineData("{{ '  a  b '.split(none, 1) }} {{ ' a  b  '.rsplit(none, 1) }}", "['a', 'b '] [' a', 'b']")]
    [InlineData("{{ 'aaa'.replace('', '-') }} {{ 'a,b'.partition(',') }}", "-a-a-a- ('a', ',', 'b')")]
    [InlineData("{{ '%5.1f|%-4d|%04d|%s' % (2.25, 7, -7, none) }}", "  2.2|7   |-007|None")]
    [InlineData("{{ '{:>5}|{:<5}|{:^5}|{:08.2f}|{:,}|{!r}'.format('a', 'b', 'c', 3.14159, 1234567, 'd') }}", "    a|b    |  c  |00003.14|1,234,567|'d'")]
    public void Handles_text_as_Python(string template, string expected) => Assert.Equal(expected, Render(template));

    [Theory]
    [InlineData("{% set x = 1 %}{% for i in [2, 3] %}{% set x = i %}{% endfor %}{{ x }}", "1")]
    [InlineData("{% if true %}{% set x = 1 %}{% endif %}{{ x }}", "1")]
    [InlineData("{% set n = namespace(x=1) %}{% for i in [2, 3] %}{% set n.x = i %}{% endfor %}{{ n.x }}", "3")]
    [InlineData("{% macro m(a, b=a) %}{{ a }}{{ b }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, 3, c=4) }}", "12(3,){'c': 4}")]
    [InlineData("{% for i in [1, 2, 3] if i != 2 %}{{ loop.index }}{{ i }}{{ loop.last }} {% endfor %}", "11False 23True ")]
    [InlineData("{% for i in [[1, [[2, []]]]] recursive %}{{ loop.depth }}:{{ i[0] }} {{ loop(i[1]) }}{% endfor %}", "1:1 2:2 ")]
    [InlineData("{% for i in [1] %}{{ range is defined }}{% endfor %}{% set range = 1 %}{{ range }}", "False1")]
    [InlineData("{% for i in [1] %}{{ range is defined }}{% endfor %}{% if 1 %}{% set range = 1 %}{% endif %}{{ range }}", "True1")]
    [InlineData("{% macro m() %}{{ x }}{% endmacro %}{{ m() }}{% set x = 1 %}{{ m() }}", "1")]
    [InlineData("{% for i in [1] %}{% continue %}{% else %}no round ended{% endfor %}", "no round ended")]
    [InlineData("{% for i in [1, 2] %}{% filter upper %}a{% break %}{% endfilter %}{% endfor %}-", "-")]
    [InlineData("{% set d = {'items': 1, 'k': 2} %}{{ d['items'] }} {{ d.k }} {{ d.items() | list | length }}", "1 2 2")]
    [InlineData("{{ [3, 1, 2] | sort | map('string') | join }}{{ ['b', 'A'] | sort }}", "123['A', 'b']")]
    [InlineData("{% set g = [1, 2] | map('string') %}{{ g | list }}{{ g | list }}", "['1', '2'][]")]
    public void Runs_statements_as_jinja2(string template, string expected) => Assert.Equal(expected, Render(template));

    [Theory]
    [InlineData("{{ {'a': [1.0, none, {'b': []}]} | tojson }}", """{"a": [1.0, null, {"b": []}]}""")]
    [InlineData("{{ {'a': [1, {}]} | tojson(indent=1) }}", "{\n \"a\": [\n  1,\n  {}\n ]\n}")]
    [InlineData("{{ {'b': 1, 'a': '<é\\n'} | tojson(sort_keys=true, ensure_ascii=true) }}", """{"a": "<\u00e9\n", "b": 1}""")]
    public void Writes_JSON_as_Python(string template, string expected) => Assert.Equal(expected, Render(template));

    [Theory]
    [InlineData("{{ ''.__class__.__mro__ }}", ChatTemplateErrorKind.Security)]
    [InlineData("{{ [].append(1) }}", ChatTemplateErrorKind.Security)]
    [InlineData("{{ {}.update({}) }}", ChatTemplateErrorKind.Security)]
    [InlineData("{{ '{0.__class__.x}'.format(1) }}", ChatTemplateErrorKind.Security)]
    [InlineData("{{ namespace(_a=1) }}", ChatTemplateErrorKind.Security)]
    [InlineData("{{ range(100001) }}", ChatTemplateErrorKind.Arithmetic)]
    [InlineData("{{ raise_exception('no') }}", ChatTemplateErrorKind.Raised)]
    [InlineData("{{ missing.x }}", ChatTemplateErrorKind.Undefined)]
    [InlineData("{{ 'a' + 1 }}", ChatTemplateErrorKind.Type)]
    [InlineData("{% if true %}{{ 1 | zzz }}{% endif %}", ChatTemplateErrorKind.Runtime)]
    [InlineData("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", ChatTemplateErrorKind.Recursion)]
    public void Fails_while_rendering(string template, ChatTemplateErrorKind kind)
    {
        Template parsed = Parser.Parse(template);

        ChatTemplateException error = Assert.Throws<ChatTemplateException>(() => Render(parsed));

        Assert.Equal(kind, error.Kind);
        Assert.Equal(1, error.Line);
    }

    [Theory]
    [InlineData("a\nb{{ 'x", 2)]
    [InlineData("{% if x %}\n{% endfor %}", 2)]
    [InlineData("{{ 1 | zzz }}", 1)]
    [InlineData("{{ 1 is zzz }}", 1)]
    [InlineData("{% break %}", 1)]
    [InlineData("\n\n{% for loop in x %}{% endfor %}", 3)]
    [InlineData("{{ f(a=1, a=2) }}", 1)]
    public void Refuses_to_compile(string template, int line)
    {
        ChatTemplateException error = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Compile(template));

        Assert.Equal(ChatTemplateErrorKind.Syntax, error.Kind);
        Assert.Equal(line, error.Line);
    }

    private static string Render(string template) => Render(Parser.Parse(template));

    private static string Render(Template template) =>
        Interpreter.Render(template, new Dictionary<string, object?>(), TimeProvider.System).Text;
}
