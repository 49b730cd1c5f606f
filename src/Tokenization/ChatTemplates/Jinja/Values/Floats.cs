namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Values;

/// <summary>Arithmetic of floats, with Python's floor division and remainder.</summary>
internal static class Floats
{
    internal static object Apply(string symbol, double left, double right) => symbol switch
    {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" => right == 0 ? throw ChatTemplateException.Arithmetic("float division by zero") : left / right,
        "//" => FloorDivide(left, right),
        "%" => Remainder(left, right),
        _ => Power(left, right),
    };

    internal static double Power(double left, double right)
    {
        if (left == 0 && right < 0)
        {
            throw ChatTemplateException.Arithmetic("0.0 cannot be raised to a negative power");
        }

        double power = Math.Pow(left, right);
        if (double.IsInfinity(power) && double.IsFinite(left) && double.IsFinite(right))
        {
            throw ChatTemplateException.Arithmetic("numerical result out of range");
        }

        return double.IsNaN(power) && !double.IsNaN(left) && !double.IsNaN(right)
            ? throw ChatTemplateException.Type("a negative number cannot be raised to a fraction: complex numbers are not supported")
            : power;
    }

    private static double Remainder(double left, double right)
    {
        if (right == 0)
        {
            throw ChatTemplateException.Arithmetic("float modulo by zero");
        }

        double remainder = left % right;
        if (remainder == 0)
        {
            return Math.CopySign(0, right);
        }

        return (remainder < 0) != (right < 0) ? remainder + right : remainder;
    }

    private static double FloorDivide(double left, double right)
    {
        if (right == 0)
        {
            throw ChatTemplateException.Arithmetic("float floor division by zero");
        }

        double quotient = (left - Remainder(left, right)) / right;
        if (quotient == 0)
        {
            return Math.CopySign(0, left / right);
        }

        double floor = Math.Floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }
}
