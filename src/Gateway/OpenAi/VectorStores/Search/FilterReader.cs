using System.Text.Json;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.Requests;
using LlmPlatform.Gateway.OpenAi.VectorStores.Values;

namespace LlmPlatform.Gateway.OpenAi.VectorStores.Search;

/// <summary>Reads OpenAI's comparison and compound filters.</summary>
internal static class FilterReader
{
    private const int Deepest = 8;
    private const int MostParts = 100;
    private const int MostValues = 1000;
    private const int LongestText = 512;

    public static Filter? Read(RequestFields fields)
    {
        int parts = 0;
        return fields.Take("filters") is { } value ? Read(value, fields.ParamOf("filters"), 1, ref parts) : null;
    }

    private static Filter Read(JsonElement value, string param, int depth, ref int parts)
    {
        if (depth > Deepest)
        {
            throw InvalidRequest.WrongHiddenValue(param, $"it is nested deeper than {Deepest} levels");
        }

        if (++parts > MostParts)
        {
            throw InvalidRequest.WrongHiddenValue("filters", $"it has more than {MostParts} parts");
        }

        RequestFields fields = new(value, param);
        string type = fields.TakeWord("type", "eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "and", "or") ?? throw InvalidRequest.Missing(fields.ParamOf("type"));
        Filter filter = type is "and" or "or" ? ReadCompound(fields, type, depth, ref parts) : ReadComparison(fields, type);
        fields.RefuseUnknown();
        return filter;
    }

    private static Filter ReadCompound(RequestFields fields, string type, int depth, ref int parts)
    {
        JsonElement list = fields.TakeRequired("filters");
        string param = fields.ParamOf("filters");
        if (list.ValueKind != JsonValueKind.Array)
        {
            throw InvalidRequest.WrongType(param, "an array of filters", list);
        }

        if (list.GetArrayLength() == 0)
        {
            throw InvalidRequest.EmptyArray(param);
        }

        CompoundFilter compound = new();
        foreach (JsonElement item in list.EnumerateArray())
        {
            compound.Filters.Add(Read(item, $"{param}[{compound.Filters.Count}]", depth + 1, ref parts));
        }

        return type == "and" ? new Filter { And = compound } : new Filter { Or = compound };
    }

    private static Filter ReadComparison(RequestFields fields, string type)
    {
        string key = fields.TakeRequiredString("key");
        JsonElement value = fields.TakeRequired("value");
        string param = fields.ParamOf("value");
        if (type is "in" or "nin")
        {
            Filter anyOf = new() { In = ReadValues(key, value, param) };
            return type == "in" ? anyOf : new Filter { Not = anyOf };
        }

        AttributeValue single = AttributeValues.ReadValue(value, param, LongestText);
        return type switch
        {
            "eq" => Equal(),
            "ne" => new Filter { Not = Equal() },
            _ when single.ValueCase == AttributeValue.ValueOneofCase.BoolValue => throw InvalidRequest.WrongType(param, "a number or a string", value),
            "gt" => new Filter { Range = new RangeFilter { Key = key, Gt = single } },
            "gte" => new Filter { Range = new RangeFilter { Key = key, Gte = single } },
            "lt" => new Filter { Range = new RangeFilter { Key = key, Lt = single } },
            _ => new Filter { Range = new RangeFilter { Key = key, Lte = single } },
        };

        Filter Equal() => new() { Equals_ = new CompareFilter { Key = key, Value = single } };
    }

    private static InFilter ReadValues(string key, JsonElement value, string param)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            throw InvalidRequest.WrongType(param, "an array of strings or numbers", value);
        }

        if (value.GetArrayLength() > MostValues)
        {
            throw InvalidRequest.ArrayTooLong(param, MostValues, value.GetArrayLength());
        }

        InFilter filter = new() { Key = key };
        foreach (JsonElement item in value.EnumerateArray())
        {
            filter.Values.Add(AttributeValues.ReadValue(item, $"{param}[{filter.Values.Count}]", LongestText));
        }

        return filter;
    }
}
