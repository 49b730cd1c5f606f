using System.Numerics;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

/// <summary>What counts as true, and how long values are.</summary>
internal static class Truth
{
    internal static bool Of(object? value) => value switch
    {
        null or Undefined => false,
        bool flag => flag,
        long number => number != 0,
        double number => number != 0,
        BigInteger => true,
        _ => !TryLength(value, out int length) || length > 0,
    };

    /// <summary>The length of what has one; strings are counted in code points.</summary>
    internal static bool TryLength(object? value, out int length)
    {
        int? found = value switch
        {
            string text => Text.CodePoints.Count(text),
            Markup markup => Text.CodePoints.Count(markup.Text),
            ListValue list => list.Items.Count,
            TupleValue tuple => tuple.Items.Count,
            DictValue dict => dict.Count,
            DictView view => view.Count,
            RangeValue range => range.Count,
            BytesValue bytes => bytes.Bytes.Length,
            LoopContext loop => loop.Length,
            Undefined => 0,
            _ => null,
        };
        length = found ?? 0;
        return found is not null;
    }

    internal static int Length(object? value) => TryLength(value, out int length)
        ? length
        : throw ChatTemplateException.Type($"object of type '{TypeNames.Of(value)}' has no len()");
}
