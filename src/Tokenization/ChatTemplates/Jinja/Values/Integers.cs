using System.Numerics;
using LlmPlatform.Tokenization.ChatTemplates.Jinja.Runtime;

namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

/// <summary>Arithmetic of integers. Quotients are rounded down, so that a remainder has the divisor's sign.</summary>
internal static class Integers
{
    internal static object Apply(string symbol, BigInteger left, BigInteger right) => symbol switch
    {
        "+" => Normalize(left + right),
        "-" => Normalize(left - right),
        "*" => Multiply(left, right),
        "/" => Divide(left, right),
        "//" => Normalize(FloorDivide(left, right)),
        "%" => Normalize(left - (FloorDivide(left, right) * right)),
        _ => Power(left, right),
    };

    internal static BigInteger FloorDivide(BigInteger left, BigInteger right)
    {
        if (right.IsZero)
        {
            throw ChatTemplateException.Arithmetic("integer division or modulo by zero");
        }

        BigInteger quotient = BigInteger.DivRem(left, right, out BigInteger remainder);
        return !remainder.IsZero && (remainder.Sign < 0) != (right.Sign < 0) ? quotient - 1 : quotient;
    }

    private static object Normalize(BigInteger value)
    {
        RenderBudget.IntegerBits(value.GetBitLength());
        return Numbers.Normalize(value);
    }

    private static object Multiply(BigInteger left, BigInteger right)
    {
        RenderBudget.IntegerBits(left.GetBitLength() + right.GetBitLength());
        return Numbers.Normalize(left * right);
    }

    private static double Divide(BigInteger left, BigInteger right)
    {
        if (right.IsZero)
        {
            throw ChatTemplateException.Arithmetic("division by zero");
        }

        double quotient = Quotient(left, right);
        return double.IsFinite(quotient)
            ? quotient
            : throw ChatTemplateException.Arithmetic("integer division result too large for a float");
    }

    // Rounded once: the quotient is taken with enough bits below the last one of a double.
    private static double Quotient(BigInteger left, BigInteger right)
    {
        const int Precise = 53;
        if (left.GetBitLength() <= Precise && right.GetBitLength() <= Precise)
        {
            return (double)left / (double)right;
        }

        int shift = (int)Math.Max(0, right.GetBitLength() - left.GetBitLength() + 66);
        BigInteger quotient = BigInteger.DivRem(left << shift, right, out BigInteger remainder);
        if (!remainder.IsZero)
        {
            // A lost fraction must not look like a tie.
            quotient |= BigInteger.One;
        }

        return Math.ScaleB(Numbers.ToDouble(quotient), -shift);
    }

    private static object Power(BigInteger left, BigInteger right)
    {
        if (right.Sign < 0)
        {
            return left.IsZero
                ? throw ChatTemplateException.Arithmetic("0.0 cannot be raised to a negative power")
                : Floats.Power(Numbers.ToDouble(left), Numbers.ToDouble(right));
        }

        if (left.IsZero || left.IsOne || left == BigInteger.MinusOne)
        {
            return right.IsZero || left.IsOne ? 1L : left.IsZero ? 0L : right.IsEven ? 1L : -1L;
        }

        BigInteger bits = right * left.GetBitLength();
        RenderBudget.IntegerBits(bits > long.MaxValue ? long.MaxValue : (long)bits);
        return Numbers.Normalize(BigInteger.Pow(left, (int)right));
    }
}
