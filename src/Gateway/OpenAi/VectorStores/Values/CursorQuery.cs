using System.Globalization;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.ServiceDefaults.Errors;

namespace LlmPlatform.Gateway.OpenAi.VectorStores.Values;

/// <summary>Which part of a list is asked for: at most <c>limit</c>, behind <c>after</c> or in front of <c>before</c>.</summary>
/// <param name="Limit">Items at most.</param>
/// <param name="After">The id that the page begins behind.</param>
/// <param name="Before">The id that the page ends in front of.</param>
/// <param name="OldestFirst">The order.</param>
/// <param name="Filter">A status, where the list has one.</param>
internal sealed record CursorQuery(int Limit, string? After, string? Before, bool OldestFirst, string? Filter)
{
    private const int DefaultLimit = 20;
    private const int MostListed = 100;

    /// <exception cref="OpenAiException">A parameter is unknown or has a value that it cannot have.</exception>
    public static CursorQuery Read(IQueryCollection query, bool withFilter)
    {
        foreach (string name in query.Keys)
        {
            if (name is not ("limit" or "after" or "before" or "order") && !(withFilter && name == "filter"))
            {
                throw InvalidRequest.Unknown(SafeValue.Cut(name));
            }
        }

        CursorQuery cursor = new(
            ReadLimit(Value(query, "limit")),
            Value(query, "after"),
            Value(query, "before"),
            Value(query, "order") switch
            {
                null or "desc" => false,
                "asc" => true,
                string other => throw InvalidRequest.WrongValue("order", other, "'asc' or 'desc'"),
            },
            Value(query, "filter") switch
            {
                null => null,
                "in_progress" or "completed" or "failed" or "cancelled" => Value(query, "filter"),
                string other => throw InvalidRequest.WrongValue("filter", other, "one of 'in_progress', 'completed', 'failed', 'cancelled'"),
            });
        return cursor is { After: not null, Before: not null }
            ? throw InvalidRequest.WrongHiddenValue("before", "'after' is given as well. Expected one of them")
            : cursor;
    }

    /// <summary>Takes the page out of all items, which come in the order asked for.</summary>
    /// <exception cref="OpenAiException">No item has the cursor's id: a page that is empty for that reason would pass for the end.</exception>
    public async Task<(IReadOnlyList<T> Items, bool HasMore)> PageAsync<T>(IAsyncEnumerable<T> all, Func<T, string> idOf)
    {
        Queue<T> page = new();
        bool started = After is null;
        bool dropped = false;
        await foreach (T item in all)
        {
            if (!started)
            {
                started = idOf(item) == After;
                continue;
            }

            if (Before is not null && idOf(item) == Before)
            {
                return ([.. page], dropped);
            }

            if (page.Count == Limit)
            {
                if (Before is null)
                {
                    return ([.. page], true);
                }

                // The page that ends in front of `before` is the last one of those that come earlier.
                page.Dequeue();
                dropped = true;
            }

            page.Enqueue(item);
        }

        return Before is not null ? throw NoSuchCursor("before", Before)
            : !started ? throw NoSuchCursor("after", After!)
            : ([.. page], false);
    }

    private static OpenAiException NoSuchCursor(string param, string id) => InvalidRequest.WrongValue(param, id, "the id of an object in this list");

    private static int ReadLimit(string? text)
    {
        if (text is null)
        {
            return DefaultLimit;
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int limit) && limit is >= 1 and <= MostListed
            ? limit
            : throw InvalidRequest.WrongValue("limit", text, $"an integer from 1 to {MostListed}");
    }

    private static string? Value(IQueryCollection query, string name) => query[name] is { Count: > 0 } values && values[0] is { Length: > 0 } value ? value : null;
}
