using System.Text.RegularExpressions;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Text;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Builtins;

/// <summary>Filters of text. A value that is no text is printed first.</summary>
internal static partial class TextFilters
{
    // A text that is longer than the limit by no more than this is not truncated.
    private const long TruncateLeeway = 5;

    internal static readonly Builtin[] All =
    [
        Change("upper(s)", (text, _) => CaseMapping.Upper(text)),
        Change("lower(s)", (text, _) => CaseMapping.Lower(text)),
        Change("capitalize(s)", (text, _) => CaseMapping.Capitalize(text)),
        Change("title(s)", (text, _) => Title(text)),
        Change("trim(value, chars=None)", (text, a) =>
            TextSearch.Strip(text, a[1] is null ? null : StringMethods.Text(a[1]), atStart: true, atEnd: true)),
        new("center(value, width=80)", (interpreter, a) => Method(interpreter, Text(a[0]), "center", a[1])),
        new("replace(s, old, new, count=None)", Replace),
        new("string(object)", a => Text(a[0])),
        new("indent(s, width=4, first=False, blank=False)", Indent),
        new("truncate(s, length=255, killwords=False, end='...', leeway=None)", Truncate),
        new("wordwrap(s, width=79, break_long_words=True, wrapstring=None, break_on_hyphens=True)", WordWrap),
        new("wordcount(s)", a => (long)Words().Count(Text(a[0]).ToString()!)),
        new("format(value, *args, **kwargs)", Format),
        new("join(value, d='', attribute=None)", Join),
        new("pprint(value)", a => Printer.Repr(PrettyOrder(a[0]))),
        new("tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False)", a =>
            RenderBudget.Text(JsonText.Dump(a[0], Truth.Of(a[1]), a[2], a[3], Truth.Of(a[4])))),
    ];

    // Text stays what it is, markup or not.
    private static object Text(object? value) => value is Markup ? value : RenderBudget.Text(Printer.Str(value));

    private static object Like(object? model, string text) => model is Markup ? new Markup(text) : text;

    private static Builtin Change(string signature, Func<string, object?[], string> change) =>
        new(signature, a => Like(a[0], RenderBudget.Text(change(RenderBudget.Text(Printer.Str(a[0])), a))));

    private static object? Method(Interpreter interpreter, object text, string name, params object?[] arguments) =>
        StringMethods.All[name].Invoke(interpreter, text, Arguments.Of(arguments));

    // Any of these ends a word.
    [GeneratedRegex(@"([-\s({\[<]+)")]
    private static partial Regex WordBeginnings();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Words();

    private static string Title(string text) => string.Concat(WordBeginnings().Split(text).Where(part => part.Length > 0).Select(part =>
    {
        int first = char.IsSurrogatePair(part, 0) ? 2 : 1;
        return CaseMapping.Upper(part[..first]) + CaseMapping.Lower(part[first..]);
    }));

    private static object? Replace(Interpreter interpreter, object?[] a)
    {
        int count = a[3] is null ? -1 : Numbers.ToCount(a[3], "replace");
        if (!interpreter.Autoescapes)
        {
            return TextSearch.Replace(Printer.Str(a[0]), Printer.Str(a[1]), Printer.Str(a[2]), count);
        }

        object subject = a[1] is Markup || (a[2] is Markup && a[0] is not Markup) ? Markup.Escape(a[0]) : Text(a[0]);
        return Method(interpreter, subject, "replace", Text(a[1]), Text(a[2]), (long)count);
    }

    private static object? Indent(object?[] a)
    {
        string text = a[0] is string or Markup ? StringMethods.Text(a[0]) : (string)Operators.Apply("+", a[0], "\n")!;
        string indention = a[1] is string or Markup ? a[1]!.ToString()! : (string)Operators.Apply("*", " ", a[1])!;
        List<string> lines = TextSearch.SplitLines(text + "\n", keepEnds: false);
        bool indentsBlank = Truth.Of(a[3]);
        OutputBuffer indented = new();
        indented.Append(Truth.Of(a[2]) ? indention : "");
        for (int i = 0; i < lines.Count; i++)
        {
            indented.Append(i == 0 ? "" : "\n");
            indented.Append(i > 0 && (indentsBlank || lines[i].Length > 0) ? indention : "");
            indented.Append(lines[i]);
        }

        return Like(a[0], indented.ToString());
    }

    private static object? Truncate(object?[] a)
    {
        long length = Numbers.ToCount(a[1], "truncate");
        string end = StringMethods.Text(a[3]);
        long leeway = a[4] is null ? TruncateLeeway : Numbers.ToCount(a[4], "truncate");
        long kept = length - CodePoints.Count(end);
        if (kept < 0 || leeway < 0)
        {
            throw ChatTemplateException.Value(kept < 0
                ? $"expected length >= {CodePoints.Count(end)}, got {length}"
                : $"expected leeway >= 0, got {leeway}");
        }

        if (Truth.Length(a[0]) <= length + leeway)
        {
            return a[0];
        }

        string text = CodePoints.Slice(StringMethods.Text(a[0]), null, kept, null);
        return Like(a[0], (Truth.Of(a[2]) ? text : TextSearch.SplitFromEnd(text, " ", 1)[0]) + end);
    }

    private static string WordWrap(object?[] a)
    {
        Operators.FailIfUndefined(a[0], a[0]);
        int width = Numbers.ToCount(a[1], "wordwrap");
        string separator = a[3] is null ? "\n" : StringMethods.Text(a[3]);
        IEnumerable<string> paragraphs = TextSearch.SplitLines(StringMethods.Text(a[0]), keepEnds: false)
            .Select(line => string.Join(separator, TextWrap.Wrap(line, width, Truth.Of(a[2]), Truth.Of(a[4]))));
        return string.Join(separator, paragraphs);
    }

    private static object? Format(object?[] a)
    {
        TupleValue positional = (TupleValue)a[1]!;
        DictValue keywords = (DictValue)a[2]!;
        if (positional.Items.Count > 0 && keywords.Count > 0)
        {
            throw ChatTemplateException.Runtime("can't handle positional and keyword arguments at the same time");
        }

        return PercentFormat.Format(Text(a[0]), keywords.Count > 0 ? keywords : positional);
    }

    private static object? Join(Interpreter interpreter, object?[] a)
    {
        IEnumerable<object?> items = Iteration.Of(a[0]);
        if (a[2] is not null)
        {
            items = items.Select(AttributePath.Getter(a[2]));
        }

        if (!interpreter.Autoescapes)
        {
            return JoinTexts(items.Select(Printer.Str), Printer.Str(a[1]));
        }

        List<object?> all = [.. items];
        return a[1] is Markup || all.Exists(item => item is Markup)
            ? new Markup(JoinTexts(all.Select(item => Markup.Escape(item).Text), Markup.Escape(a[1]).Text))
            : JoinTexts(all.Select(Printer.Str), Printer.Str(a[1]));
    }

    private static string JoinTexts(IEnumerable<string> texts, string separator)
    {
        OutputBuffer joined = new();
        bool isFirst = true;
        foreach (string text in texts)
        {
            joined.Append(isFirst ? "" : separator);
            joined.Append(text);
            isFirst = false;
        }

        return joined.ToString();
    }

    // Dictionaries are shown in the order of their keys.
    private static object? PrettyOrder(object? value)
    {
        StackGuard.Check();
        RenderBudget.Spend(1);
        return value switch
        {
            ListValue list => new ListValue([.. list.Items.Select(PrettyOrder)]),
            TupleValue tuple => new TupleValue([.. tuple.Items.Select(PrettyOrder)]),
            DictValue dict => DictValue.From(dict.Items
                .OrderBy(item => Printer.Str(item.Key), StringComparer.Ordinal)
                .Select(item => KeyValuePair.Create(item.Key, PrettyOrder(item.Value)))),
            _ => value,
        };
    }
}
