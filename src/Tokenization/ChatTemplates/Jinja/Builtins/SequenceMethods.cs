using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Builtins;

/// <summary>Methods of lists, tuples and ranges that change nothing.</summary>
internal static class SequenceMethods
{
    internal static readonly Dictionary<string, Builtin> All = Builtin.Table(
        new Builtin("count(self, value)", a => (long)Iteration.Of(a[0]).Count(item => Equality.AreEqual(item, a[1]))),
        new Builtin("index(self, value, start=0, stop=None)", a => Index(a)));

    internal static readonly Dictionary<string, Builtin> List = new(All, StringComparer.Ordinal)
    {
        ["copy"] = new Builtin("copy(self)", a => new ListValue([.. ((ListValue)a[0]!).Items])),
    };

    private static long Index(object?[] a)
    {
        List<object?> items = Iteration.ToList(a[0]);
        SliceRange range = SliceRange.Of(a[2], a[3], null, items.Count);
        foreach (int index in range.Indexes)
        {
            if (Equality.AreEqual(items[index], a[1]))
            {
                return index;
            }
        }

        throw ChatTemplateException.Value($"value is not in {TypeNames.Of(a[0])}");
    }
}
