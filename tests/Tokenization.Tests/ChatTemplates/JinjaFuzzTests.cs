using LlmPlatform.Tokenization.ChatTemplates;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Syntax;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.Tests.ChatTemplates;

/// <summary>Whatever stands in a template, it renders or fails with the one exception that callers expect.</summary>
public class JinjaFuzzTests
{
    private const string Characters = "{}%#-+~|.,:;()[]<>=!*/'\"\\ \n\r\tabix019_é🦊\u2028\ud83e";

    private static readonly string[] Pieces =
    [
        "{{ ", " }}", "{% ", " %}", "{#", "#}", "-%}", "{%-", "if ", "elif x", "else", "endif", "for a in ", "for a, b in ",
        "endfor", "set x = ", "set x", "endset", "macro m(a, b=1)", "endmacro", "call m(1)", "endcall", "generation",
        "endgeneration", "raw", "endraw", "filter ", "endfilter", "break", "continue", "with y = ", "endwith", "block q",
        "endblock", "recursive", " in ", " is ", " not ", " and ", " or ", " if ", " else ", "x", "y", "a", "b", "m(1)",
        "loop", "loop.index", "loop([])", "caller()", "self.q()", "missing", "nums", "text", "table", "range(3)", "namespace(v=1)",
        "x.v = ", "1", "2.5", "1e400", "'s'", "\"{}\"", "[1, 2]", "{'k': 1}", "(1,)", "none", "true", "[1:]", "[0]", "['k']",
        ".items()", ".split()", ".format(1)", ".join(nums)", ".upper", "|upper", "|list", "|sort", "|map('upper')", "|join",
        "|tojson", "|selectattr('k')", "|groupby('k')", "|round", "|int", "|length", "|default('d')", "|indent", "|zzz", " + ",
        " - ", " * ", " / ", " // ", " % ", " ** ", " ~ ", " == ", " < ", "defined", "odd", "divisibleby 2", ", ", "=", "(", ")",
    ];

    private static readonly Dictionary<string, object?> Variables = new()
    {
        ["nums"] = new ListValue([3L, 1L, 2L]),
        ["text"] = "Héllo 🦊",
        ["table"] = DictValue.From([KeyValuePair.Create<object?, object?>("k", 1L), KeyValuePair.Create<object?, object?>("l", null)]),
    };

    [Fact]
    public void Random_characters_never_crash() =>
        Try(seed: 1, count: 20_000, random => string.Concat(Times(random, 40, _ => Characters[random.Next(Characters.Length)].ToString())));

    [Fact]
    public void Random_pieces_never_crash() =>
        Try(seed: 2, count: 40_000, random => string.Concat(Times(random, 14, _ => Pieces[random.Next(Pieces.Length)])));

    [Fact]
    public void Random_expressions_never_crash() =>
        Try(seed: 3, count: 40_000, random => "{{ " + string.Concat(Times(random, 7, _ => Pieces[random.Next(Pieces.Length)])) + " }}");

    private static IEnumerable<string> Times(Random random, int most, Func<int, string> make) =>
        Enumerable.Range(0, random.Next(1, most)).Select(make);

#pragma warning disable CA5394 // A seeded sequence is wanted.
    private static void Try(int seed, int count, Func<Random, string> make)
    {
        Random random = new(seed);
        int rendered = 0;
        for (int i = 0; i < count; i++)
        {
            string source = make(random);
            try
            {
                Interpreter.Render(Parser.Parse(source), Variables, TimeProvider.System);
                rendered++;
            }
            catch (ChatTemplateException)
            {
                // The one exception that is allowed.
            }
            catch (Exception e)
            {
                Assert.Fail($"'{source}' fails with {e}");
            }
        }

        Assert.True(rendered > 0, "no random template rendered: the test tries nothing");
    }
#pragma warning restore CA5394
}
