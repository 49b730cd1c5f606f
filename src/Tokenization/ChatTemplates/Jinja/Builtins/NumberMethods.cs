using System.Numerics;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Builtins;

/// <summary>Attributes and methods of numbers.</summary>
internal static class NumberMethods
{
    internal static readonly Dictionary<string, Builtin> Integer = Builtin.Table(
        new Builtin("bit_length(self)", a => (long)BigInteger.Abs(AsInteger(a[0])).GetBitLength()),
        new Builtin("bit_count(self)", a => (long)BigInteger.PopCount(BigInteger.Abs(AsInteger(a[0])))),
        new Builtin("conjugate(self)", a => Numbers.Normalize(AsInteger(a[0]))),
        new Builtin("as_integer_ratio(self)", a => new TupleValue(Numbers.Normalize(AsInteger(a[0])), 1L)),
        new Builtin("is_integer(self)", _ => true));

    internal static readonly Dictionary<string, Builtin> Float = Builtin.Table(
        new Builtin("is_integer(self)", a => double.IsFinite((double)a[0]!) && Math.Floor((double)a[0]!) == (double)a[0]!),
        new Builtin("conjugate(self)", a => a[0]));

    internal static bool TryGetProperty(object? number, string name, out object? value)
    {
        object? real = number is double ? number : Numbers.Normalize(AsInteger(number));
        value = name switch
        {
            "real" => real,
            "imag" => number is double ? (object)0.0 : 0L,
            "numerator" when number is not double => real,
            "denominator" when number is not double => 1L,
            _ => Signature.NotGiven,
        };
        return value != Signature.NotGiven;
    }

    private static BigInteger AsInteger(object? number) =>
        Numbers.TryInteger(number, out BigInteger integer) ? integer : throw ChatTemplateException.Type("an integer is required");
}
