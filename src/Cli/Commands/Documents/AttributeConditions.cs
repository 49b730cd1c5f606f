using System.CommandLine;
using System.Globalization;
using LlmPlatform.Cli.Connection;
using LlmPlatform.Contracts.Retrieval.V1;

namespace LlmPlatform.Cli.Commands.Documents;

/// <summary><c>--where name=value</c>: only documents with that attribute.</summary>
internal static class AttributeConditions
{
    public static Option<string[]> Create() => new("--where")
    {
        Description = "Only documents whose attribute has this value, as name=value; several must all hold.",
    };

    /// <exception cref="CommandException">One has no name or no value.</exception>
    public static Filter? Read(string[]? conditions)
    {
        Filter[] filters = [.. (conditions ?? []).Select(Read)];
        return filters.Length switch
        {
            0 => null,
            1 => filters[0],
            _ => new Filter { And = new CompoundFilter { Filters = { filters } } },
        };
    }

    private static Filter Read(string condition)
    {
        int split = condition.IndexOf('=', StringComparison.Ordinal);
        if (split <= 0)
        {
            throw new CommandException($"--where: '{condition}' is not name=value");
        }

        // 2024 may be stored as a number or as a text.
        string text = condition[(split + 1)..];
        InFilter anyOf = new() { Key = condition[..split], Values = { new AttributeValue { StringValue = text } } };
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number))
        {
            anyOf.Values.Add(new AttributeValue { NumberValue = number });
        }
        else if (text is "true" or "false")
        {
            anyOf.Values.Add(new AttributeValue { BoolValue = text == "true" });
        }

        return new Filter { In = anyOf };
    }
}
