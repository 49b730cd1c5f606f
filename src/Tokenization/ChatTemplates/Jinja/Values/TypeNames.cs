using System.Numerics;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

/// <summary>Python's names of the types, for messages.</summary>
internal static class TypeNames
{
    internal static string Of(object? value) => value switch
    {
        null => "NoneType",
        bool => "bool",
        long or BigInteger => "int",
        double => "float",
        string => "str",
        Markup => "Markup",
        ListValue => "list",
        TupleValue => "tuple",
        DictValue => "dict",
        RangeValue => "range",
        BytesValue => "bytes",
        Undefined => "Undefined",
        ITyped typed => typed.TypeName,
        _ => "object",
    };

    /// <summary>As in "'dict object' has no attribute".</summary>
    internal static string OfObject(object? value) => value is null ? "None" : Of(value) + " object";
}
