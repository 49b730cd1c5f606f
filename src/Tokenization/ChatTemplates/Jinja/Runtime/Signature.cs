using System.Globalization;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;

/// <summary>
/// The parameters of a built-in function, written as in Python: <c>replace(s, old, new, count=None)</c>. Defaults are
/// None, True, False, integers or strings; <c>...</c> stands for "not given". <c>*args</c> and <c>**kwargs</c> take
/// what is left.
/// </summary>
internal sealed class Signature
{
    /// <summary>The value of a parameter with the default <c>...</c> that was not given.</summary>
    internal static readonly object NotGiven = new();

    private readonly List<(string Name, bool IsRequired, object? Default)> _parameters = [];
    private readonly bool _takesMore;
    private readonly bool _takesKeywords;

    private Signature(string name, string[] parameters)
    {
        Name = name;
        foreach (string parameter in parameters)
        {
            if (parameter.StartsWith("**", StringComparison.Ordinal))
            {
                _takesKeywords = true;
            }
            else if (parameter.StartsWith('*'))
            {
                _takesMore = true;
            }
            else
            {
                string[] parts = parameter.Split('=', 2);
                _parameters.Add((parts[0], parts.Length == 1, parts.Length == 1 ? null : Literal(parts[1])));
            }
        }
    }

    internal string Name { get; }

    internal static Signature Parse(string text)
    {
        int open = text.IndexOf('(', StringComparison.Ordinal);
        string inside = text[(open + 1)..^1];
        return new Signature(text[..open], inside.Length == 0 ? [] : inside.Split(", "));
    }

    /// <summary>
    /// The value of each parameter in order, then a <see cref="TupleValue"/> for <c>*args</c> and a
    /// <see cref="DictValue"/> for <c>**kwargs</c> where there are such.
    /// </summary>
    internal object?[] Bind(Arguments arguments, int given = 0, object? first = null)
    {
        List<object?> positional = given == 0 ? [.. arguments.Positional] : [first, .. arguments.Positional];
        if (positional.Count > _parameters.Count && !_takesMore)
        {
            throw ChatTemplateException.Type(
                $"{Name}() takes at most {_parameters.Count} arguments but {positional.Count} were given");
        }

        Dictionary<string, object?> keywords = Keywords(arguments, positional.Count);
        List<object?> bound = [];
        for (int i = 0; i < _parameters.Count; i++)
        {
            (string name, bool isRequired, object? value) = _parameters[i];
            if (i < positional.Count)
            {
                bound.Add(positional[i]);
            }
            else if (keywords.Remove(name, out object? keyword))
            {
                bound.Add(keyword);
            }
            else
            {
                bound.Add(isRequired
                    ? throw ChatTemplateException.Type($"{Name}() missing 1 required argument: '{name}'")
                    : value);
            }
        }

        if (_takesMore)
        {
            bound.Add(new TupleValue([.. positional.Skip(_parameters.Count)]));
        }

        if (_takesKeywords)
        {
            bound.Add(DictValue.From(keywords.Select(pair => KeyValuePair.Create<object?, object?>(pair.Key, pair.Value))));
        }

        return [.. bound];
    }

    private Dictionary<string, object?> Keywords(Arguments arguments, int positionalCount)
    {
        Dictionary<string, object?> keywords = new(StringComparer.Ordinal);
        foreach ((string name, object? value) in arguments.Keywords)
        {
            int index = _parameters.FindIndex(parameter => parameter.Name == name);
            if ((index < 0 && !_takesKeywords) || (index >= 0 && index < positionalCount))
            {
                throw ChatTemplateException.Type(index < 0
                    ? $"{Name}() got an unexpected keyword argument '{ErrorText.Cut(name)}'"
                    : $"{Name}() got multiple values for argument '{name}'");
            }

            keywords[name] = value;
        }

        return keywords;
    }

    private static object? Literal(string text) => text switch
    {
        "None" => null,
        "True" => true,
        "False" => false,
        "..." => NotGiven,
        _ when text.StartsWith('\'') => text[1..^1],
        _ => long.Parse(text, CultureInfo.InvariantCulture),
    };
}
