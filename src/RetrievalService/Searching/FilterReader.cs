using LlmPlatform.Retrieval.Filters;
using LlmPlatform.ServiceDefaults.Errors;
using Wire = LlmPlatform.Contracts.Retrieval.V1;

namespace LlmPlatform.RetrievalService.Searching;

/// <summary>Reads a filter from the wire: bounded in depth and number, every part complete.</summary>
internal static class FilterReader
{
    public const int MaxDepth = 8;
    public const int MaxNodes = 100;

    private const int MaxValues = 100;

    /// <summary>The filter; null where there is none, or where it is wrong, which <paramref name="validation"/> then says.</summary>
    public static Filter? Read(Wire.Filter? filter, FieldValidation validation)
    {
        if (filter is null)
        {
            return null;
        }

        int nodes = 0;
        bool whole = IsBounded(filter, 1, ref nodes);
        validation.RequireHidden("filter", whole, $"at most {MaxNodes} conditions, nested at most {MaxDepth} deep");
        int before = validation.Violations.Count;
        Filter? read = whole ? Read(filter, "filter", validation) : null;
        return validation.Violations.Count == before ? read : null;
    }

    private static bool IsBounded(Wire.Filter filter, int depth, ref int nodes)
    {
        if (depth > MaxDepth || ++nodes > MaxNodes)
        {
            return false;
        }

        IEnumerable<Wire.Filter> inner = filter.FilterCase switch
        {
            Wire.Filter.FilterOneofCase.And => filter.And.Filters,
            Wire.Filter.FilterOneofCase.Or => filter.Or.Filters,
            Wire.Filter.FilterOneofCase.Not => [filter.Not],
            _ => [],
        };
        foreach (Wire.Filter one in inner)
        {
            if (!IsBounded(one, depth + 1, ref nodes))
            {
                return false;
            }
        }

        return true;
    }

    private static Filter? Read(Wire.Filter filter, string field, FieldValidation validation)
    {
        switch (filter.FilterCase)
        {
            case Wire.Filter.FilterOneofCase.Equals_:
                RequireKey(validation, $"{field}.equals.key", filter.Equals_.Key);
                return Value(validation, $"{field}.equals.value", filter.Equals_.Value) is { } value ? new Filter.EqualTo(filter.Equals_.Key, value) : null;

            case Wire.Filter.FilterOneofCase.In:
                RequireKey(validation, $"{field}.in.key", filter.In.Key);
                validation.Require($"{field}.in.values", filter.In.Values.Count, filter.In.Values.Count is > 0 and <= MaxValues, $"1 to {MaxValues} values");
                return new Filter.In(filter.In.Key, [.. filter.In.Values.Take(MaxValues).Select(one => Value(validation, $"{field}.in.values", one)).OfType<AttributeValue>()]);

            case Wire.Filter.FilterOneofCase.Range:
                return ReadRange(filter.Range, field + ".range", validation);

            case Wire.Filter.FilterOneofCase.Exists:
                RequireKey(validation, $"{field}.exists", filter.Exists);
                return new Filter.Exists(filter.Exists);

            case Wire.Filter.FilterOneofCase.And:
                return new Filter.And([.. filter.And.Filters.Select((one, i) => Read(one, $"{field}.and[{i}]", validation)).OfType<Filter>()]);

            case Wire.Filter.FilterOneofCase.Or:
                return new Filter.Or([.. filter.Or.Filters.Select((one, i) => Read(one, $"{field}.or[{i}]", validation)).OfType<Filter>()]);

            case Wire.Filter.FilterOneofCase.Not:
                return Read(filter.Not, $"{field}.not", validation) is { } inner ? new Filter.Not(inner) : null;

            default:
                validation.RequireHidden(field, false, "equals, in, range, exists, and, or, or not");
                return null;
        }
    }

    private static Filter.Range ReadRange(Wire.RangeFilter range, string field, FieldValidation validation)
    {
        RequireKey(validation, field + ".key", range.Key);
        validation.RequireHidden(field, range.Gt is not null || range.Gte is not null || range.Lt is not null || range.Lte is not null, "at least one bound");
        AttributeValue? Bound(string name, Wire.AttributeValue? value) => value is null ? null : Value(validation, $"{field}.{name}", value);
        return new Filter.Range(range.Key, Bound("gt", range.Gt), Bound("gte", range.Gte), Bound("lt", range.Lt), Bound("lte", range.Lte));
    }

    private static void RequireKey(FieldValidation validation, string field, string key) =>
        validation.Require(field, key, Validation.IsName(key), $"1 to {Validation.MaxName} characters");

    private static AttributeValue? Value(FieldValidation validation, string field, Wire.AttributeValue? value)
    {
        bool good = Validation.IsValue(value);
        validation.RequireHidden(field, good, $"a string of at most {Validation.MaxString} characters, a finite number, or true or false");
        return good ? value!.ToValue() : null;
    }
}
