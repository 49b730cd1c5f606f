using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Builtins;

/// <summary>The filters: what may stand after a bar.</summary>
internal static class FilterTable
{
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal)
    {
        ["count"] = "length",
        ["d"] = "default",
        ["e"] = "escape",
    };

    private static readonly Dictionary<string, Builtin> All =
        Builtin.Table([.. TextFilters.All, .. SequenceFilters.All, .. SelectionFilters.All, .. NumberFilters.All, .. HtmlFilters.All]);

    internal static Builtin? Find(string name) => All.GetValueOrDefault(Aliases.GetValueOrDefault(name, name));
}
