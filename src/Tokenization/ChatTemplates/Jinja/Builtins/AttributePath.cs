using System.Globalization;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Builtins;

/// <summary>The <c>attribute</c> of a filter: a name, a number, or a path of them with dots between.</summary>
internal static class AttributePath
{
    /// <param name="path">The path; none gives the item itself.</param>
    /// <param name="fallback">Taken for a part that is undefined, unless null.</param>
    internal static Func<object?, object?> Getter(object? path, object? fallback = null)
    {
        object?[] parts = Parts(path);
        return item =>
        {
            foreach (object? part in parts)
            {
                item = Attributes.GetItem(item, part);
                if (fallback is not null && item is Undefined)
                {
                    item = fallback;
                }
            }

            return item;
        };
    }

    /// <summary>For several paths with commas between: the list of their values.</summary>
    internal static Func<object?, List<object?>> Getters(object? paths)
    {
        Func<object?, object?>[] getters = paths is string or Markup
            ? [.. paths.ToString()!.Split(',').Select(path => Getter(path))]
            : [Getter(paths)];
        return item => [.. getters.Select(getter => getter(item))];
    }

    private static object?[] Parts(object? path) => path switch
    {
        null => [],
        string or Markup => [.. path.ToString()!.Split('.').Select(Part)],
        _ => [path],
    };

    private static object Part(string part) =>
        part.Length > 0 && part.All(char.IsAsciiDigit) && long.TryParse(part, CultureInfo.InvariantCulture, out long index) ? index : part;
}
