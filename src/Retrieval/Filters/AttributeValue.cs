using System.Globalization;

namespace LlmPlatform.Retrieval.Filters;

/// <summary>The value of a document's attribute: a string, a number or a truth value.</summary>
public readonly record struct AttributeValue
{
    private AttributeValue(AttributeType type, string? text, double number)
    {
        Type = type;
        Text = text;
        Number = number;
    }

    /// <summary>Which of the three it is.</summary>
    public AttributeType Type { get; }

    /// <summary>The string; null for the others.</summary>
    public string? Text { get; }

    /// <summary>The number; 1 or 0 for true and false.</summary>
    public double Number { get; }

    /// <summary>A string.</summary>
    public static AttributeValue Of(string text) => new(AttributeType.Text, text, 0);

    /// <summary>A number.</summary>
    public static AttributeValue Of(double number) => new(AttributeType.Number, null, number);

    /// <summary>A truth value.</summary>
    public static AttributeValue Of(bool value) => new(AttributeType.Bool, null, value ? 1 : 0);

    /// <summary>
    /// Less than 0, 0 or more than 0; null when the types differ or do not order: numbers compare as numbers, strings by
    /// code point, truth values and NaN not at all.
    /// </summary>
    public int? CompareTo(AttributeValue other) => (Type, other.Type) switch
    {
        (AttributeType.Text, AttributeType.Text) => CompareCodePoints(Text!, other.Text!),
        (AttributeType.Number, AttributeType.Number) => double.IsNaN(Number) || double.IsNaN(other.Number) ? null : Number.CompareTo(other.Number),
        _ => null,
    };

    /// <inheritdoc />
    public override string ToString() => Type switch
    {
        AttributeType.Text => Text!,
        AttributeType.Bool => Number != 0 ? "true" : "false",
        _ => Number.ToString("R", CultureInfo.InvariantCulture),
    };

    // Surrogates sort below U+E000 as code units, but above it as code points.
    private static int CompareCodePoints(string left, string right)
    {
        int length = Math.Min(left.Length, right.Length);
        for (int i = 0; i < length; i++)
        {
            if (left[i] != right[i])
            {
                return char.IsSurrogate(left[i]) == char.IsSurrogate(right[i]) ? left[i].CompareTo(right[i])
                    : char.IsSurrogate(left[i]) ? 1 : -1;
            }
        }

        return left.Length.CompareTo(right.Length);
    }
}

/// <summary>The types of attribute values.</summary>
public enum AttributeType
{
    /// <summary>A string.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary>True or false.</summary>
    Bool,
}
