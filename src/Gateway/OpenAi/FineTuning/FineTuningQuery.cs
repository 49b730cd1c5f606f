using System.Globalization;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.VectorStores.Values;
using LlmPlatform.ServiceDefaults.Errors;

namespace LlmPlatform.Gateway.OpenAi.FineTuning;

/// <summary>Which part of a list is asked for: at most <c>limit</c>, behind <c>after</c>, with <c>metadata[name]=value</c>.</summary>
/// <param name="Limit">Items at most.</param>
/// <param name="After">The id that the page begins behind.</param>
/// <param name="Metadata">What items must have.</param>
internal sealed record FineTuningQuery(int Limit, string? After, IReadOnlyDictionary<string, string> Metadata)
{
    private const string Opening = "metadata[";

    /// <exception cref="OpenAiException">A parameter is unknown or has a value that it cannot have.</exception>
    public static FineTuningQuery Read(IQueryCollection query, int defaultLimit, int mostListed, bool withMetadata)
    {
        int limit = defaultLimit;
        string? after = null;
        Dictionary<string, string> metadata = new(StringComparer.Ordinal);
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in query)
        {
            string value = values.Count > 0 ? values[0] ?? "" : "";
            if (name == "limit")
            {
                limit = int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= mostListed
                    ? number
                    : throw InvalidRequest.WrongValue("limit", value, $"an integer from 1 to {mostListed}");
            }
            else if (name == "after")
            {
                after = value.Length > 0 ? value : null;
            }
            else if (withMetadata && name.StartsWith(Opening, StringComparison.Ordinal) && name.EndsWith(']'))
            {
                metadata[name[Opening.Length..^1]] = value;
            }
            else if (!(withMetadata && name == "metadata" && value == "null"))
            {
                throw InvalidRequest.Unknown(SafeValue.Cut(name));
            }
        }

        return new FineTuningQuery(limit, after, metadata);
    }

    /// <summary>Takes the page out of all items.</summary>
    /// <exception cref="OpenAiException">No item has the cursor's id.</exception>
    public Task<(IReadOnlyList<T> Items, bool HasMore)> PageAsync<T>(IAsyncEnumerable<T> all, Func<T, string> idOf) =>
        new CursorQuery(Limit, After, null, OldestFirst: false, null).PageAsync(all, idOf);
}
