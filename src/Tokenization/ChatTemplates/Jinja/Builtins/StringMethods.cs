using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Text;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Builtins;

/// <summary>Methods of strings. Those of markup give markup, and escape the text that is put in.</summary>
internal static class StringMethods
{
    internal static readonly Dictionary<string, Builtin> All = Builtin.Table(
    [
        .. Changes(),
        .. Pieces(),
        .. StringQueries.All,
        new Builtin("join(self, iterable)", Join),
        new Builtin("format(self, *args, **kwargs)", a =>
            BraceFormat.Format(a[0], ((TupleValue)a[1]!).Items, (DictValue)a[2]!)),
        new Builtin("format_map(self, mapping)", a => BraceFormat.Format(a[0], [], a[1] as DictValue ?? new DictValue())),
        new Builtin("encode(self, encoding='utf-8', errors='strict')", a => BytesMethods.Encode(Text(a[0]), a[1], a[2])),
    ]);

    /// <summary>The text of a string or markup argument.</summary>
    internal static string Text(object? value) => value is string or Markup
        ? RenderBudget.Text(value.ToString()!)
        : throw ChatTemplateException.Type($"a string is required, not '{TypeNames.Of(value)}'");

    private static string? OptionalText(object? value) => value is null ? null : Text(value);

    private static IEnumerable<Builtin> Changes() =>
    [
        Change("upper(self)", (text, _) => CaseMapping.Upper(text)),
        Change("lower(self)", (text, _) => CaseMapping.Lower(text)),
        Change("casefold(self)", (text, _) => CaseMapping.Fold(text)),
        Change("title(self)", (text, _) => CaseMapping.Title(text)),
        Change("capitalize(self)", (text, _) => CaseMapping.Capitalize(text)),
        Change("swapcase(self)", (text, _) => CaseMapping.SwapCase(text)),
        Change("strip(self, chars=None)", (text, a) => TextSearch.Strip(text, OptionalText(a[1]), atStart: true, atEnd: true)),
        Change("lstrip(self, chars=None)", (text, a) => TextSearch.Strip(text, OptionalText(a[1]), atStart: true, atEnd: false)),
        Change("rstrip(self, chars=None)", (text, a) => TextSearch.Strip(text, OptionalText(a[1]), atStart: false, atEnd: true)),
        Change("replace(self, old, new, count=-1)", (text, a) =>
            TextSearch.Replace(text, Text(a[1]), Inserted(a[0], a[2]), Numbers.ToCount(a[3], "replace"))),
        Change("removeprefix(self, prefix)", (text, a) =>
            text.StartsWith(Text(a[1]), StringComparison.Ordinal) ? text[Text(a[1]).Length..] : text),
        Change("removesuffix(self, suffix)", (text, a) =>
            text.EndsWith(Text(a[1]), StringComparison.Ordinal) ? text[..^Text(a[1]).Length] : text),
        Change("ljust(self, width, fillchar=' ')", (text, a) => Pad(text, a, missing => 0)),
        Change("rjust(self, width, fillchar=' ')", (text, a) => Pad(text, a, missing => missing)),
        Change("center(self, width, fillchar=' ')", (text, a) =>
            Pad(text, a, missing => (missing / 2) + (missing & Numbers.ToCount(a[1], "center") & 1))),
        Change("zfill(self, width)", ZeroFill),
        Change("expandtabs(self, tabsize=8)", (text, a) => ExpandTabs(text, Numbers.ToCount(a[1], "expandtabs"))),
    ];

    private static IEnumerable<Builtin> Pieces() =>
    [
        new Builtin("split(self, sep=None, maxsplit=-1)", a => Like(a[0], a[1] is null
            ? TextSearch.SplitWords(Text(a[0]), Numbers.ToCount(a[2], "split"))
            : TextSearch.Split(Text(a[0]), Text(a[1]), Numbers.ToCount(a[2], "split")))),
        new Builtin("rsplit(self, sep=None, maxsplit=-1)", a => Like(a[0], a[1] is null
            ? TextSearch.SplitWordsFromEnd(Text(a[0]), Numbers.ToCount(a[2], "rsplit"))
            : TextSearch.SplitFromEnd(Text(a[0]), Text(a[1]), Numbers.ToCount(a[2], "rsplit")))),
        new Builtin("splitlines(self, keepends=False)", a => Like(a[0], TextSearch.SplitLines(Text(a[0]), Numbers.ToCount(a[1], "splitlines") != 0))),
        new Builtin("partition(self, sep)", a => Partition(a, TextSearch.Split(Text(a[0]), Text(a[1]), 1), fromEnd: false)),
        new Builtin("rpartition(self, sep)", a => Partition(a, TextSearch.SplitFromEnd(Text(a[0]), Text(a[1]), 1), fromEnd: true)),
    ];

    private static Builtin Change(string signature, Func<string, object?[], string> change) => new(signature, a =>
    {
        string text = RenderBudget.Text(change(Text(a[0]), a));
        return a[0] is Markup ? new Markup(text) : text;
    });

    private static object Like(object? model, string text) => model is Markup ? new Markup(text) : text;

    private static ListValue Like(object? model, List<string> texts) => new([.. texts.Select(text => Like(model, text))]);

    private static string Inserted(object? self, object? text) => self is Markup ? Markup.Escape(Text(text)).Text : Text(text);

    private static TupleValue Partition(object?[] a, List<string> pieces, bool fromEnd) => pieces.Count == 2
        ? new TupleValue(Like(a[0], pieces[0]), Like(a[0], Text(a[1])), Like(a[0], pieces[1]))
        : fromEnd
            ? new TupleValue(Like(a[0], ""), Like(a[0], ""), a[0])
            : new TupleValue(a[0], Like(a[0], ""), Like(a[0], ""));

    private static object? Join(object?[] a)
    {
        OutputBuffer text = new();
        int index = 0;
        foreach (object? item in Iteration.Of(a[1]))
        {
            if (item is not (string or Markup) && a[0] is string)
            {
                throw ChatTemplateException.Type($"sequence item {index}: expected str instance, {TypeNames.Of(item)} found");
            }

            text.Append(index++ == 0 ? "" : Text(a[0]));
            text.Append(a[0] is Markup ? Markup.Escape(item).Text : Text(item));
        }

        return Like(a[0], text.ToString());
    }

    private static string Pad(string text, object?[] a, Func<int, int> before)
    {
        string fill = Inserted(a[0], a[2]);
        if (CodePoints.Count(fill) != 1)
        {
            throw ChatTemplateException.Type("The fill character must be exactly one character long");
        }

        int missing = Numbers.ToCount(a[1], "width") - CodePoints.Count(text);
        if (missing <= 0)
        {
            return text;
        }

        RenderBudget.Length((long)missing * fill.Length + text.Length);
        int left = before(missing);
        return string.Concat(Enumerable.Repeat(fill, left)) + text + string.Concat(Enumerable.Repeat(fill, missing - left));
    }

    // Zeros go between a sign and the digits.
    private static string ZeroFill(string text, object?[] a)
    {
        int missing = Numbers.ToCount(a[1], "zfill") - CodePoints.Count(text);
        if (missing <= 0)
        {
            return text;
        }

        RenderBudget.Length((long)missing + text.Length);
        int sign = text.Length > 0 && text[0] is '+' or '-' ? 1 : 0;
        return text[..sign] + new string('0', missing) + text[sign..];
    }

    private static string ExpandTabs(string text, int size)
    {
        OutputBuffer expanded = new();
        int column = 0;
        foreach (string character in CodePoints.Each(text).Cast<string>())
        {
            if (character == "\t")
            {
                int width = size > 0 ? size - (column % size) : 0;
                RenderBudget.Length(width);
                expanded.Append(new string(' ', width));
                column += width;
            }
            else
            {
                expanded.Append(character);
                column = character is "\n" or "\r" ? 0 : column + 1;
            }
        }

        return expanded.ToString();
    }
}
