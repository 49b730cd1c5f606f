using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Builtins;

/// <summary>Methods of dictionaries that change nothing.</summary>
internal static class DictMethods
{
    internal static readonly Dictionary<string, Builtin> All = Builtin.Table(
        new Builtin("get(self, key, default=None)", a => ((DictValue)a[0]!).TryGet(a[1], out object? value) ? value : a[2]),
        new Builtin("keys(self)", a => new DictView((DictValue)a[0]!, DictViewKind.Keys)),
        new Builtin("values(self)", a => new DictView((DictValue)a[0]!, DictViewKind.Values)),
        new Builtin("items(self)", a => new DictView((DictValue)a[0]!, DictViewKind.Items)),
        new Builtin("copy(self)", a => DictValue.From(((DictValue)a[0]!).Items)),
        new Builtin("fromkeys(self, keys, value=None)", a => FromKeys(a[1], a[2])));

    internal static DictValue FromKeys(object? keys, object? value) =>
        DictValue.From(Iteration.ToList(keys).Select(key => KeyValuePair.Create(key, value)));
}
