namespace LlmPlatform.Tokenization.ChatTemplates.Jinja.Text;

internal sealed partial record FormatSpec
{
    internal static FormatSpec Parse(string text)
    {
        FormatSpec spec = new();
        int[] points = CodePoints.Of(text);
        int at = 0;
        if (points.Length > 1 && IsAlign(points[1]))
        {
            spec = spec with { Fill = char.ConvertFromUtf32(points[0]), Align = (char)points[1] };
            at = 2;
        }
        else if (points.Length > 0 && IsAlign(points[0]))
        {
            spec = spec with { Align = (char)points[0] };
            at = 1;
        }

        char At() => at < points.Length && points[at] <= char.MaxValue ? (char)points[at] : '\0';
        if (At() is '+' or '-' or ' ')
        {
            spec = spec with { Sign = At() };
            at++;
        }

        if (At() == '#')
        {
            spec = spec with { IsAlternate = true };
            at++;
        }

        if (At() == '0')
        {
            spec = at < 2 || points[at - 1] != spec.Align || spec.Fill == " " ? spec with { Fill = "0", IsZeroPadded = true } : spec;
            at++;
        }

        spec = spec with { Width = ReadNumber() ?? 0 };
        if (At() is ',' or '_')
        {
            spec = spec with { Grouping = At() };
            at++;
        }

        if (At() == '.')
        {
            at++;
            spec = spec with { Precision = ReadNumber() ?? throw ChatTemplateException.Value("Format specifier missing precision") };
        }

        if (at < points.Length)
        {
            spec = spec with { Type = At() };
            at++;
        }

        return at == points.Length ? spec : throw ChatTemplateException.Value("Invalid format specifier");

        int? ReadNumber()
        {
            int start = at;
            int number = 0;
            while (char.IsAsciiDigit(At()))
            {
                number = Size((number * 10L) + (At() - '0'));
                at++;
            }

            return at == start ? null : number;
        }
    }

    private static bool IsAlign(int point) => point is '<' or '>' or '^' or '=';
}
