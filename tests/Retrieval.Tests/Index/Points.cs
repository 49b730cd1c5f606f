using LlmPlatform.Retrieval.Filters;
using LlmPlatform.Retrieval.Index;

namespace LlmPlatform.Retrieval.Tests.Index;

/// <summary>Points for tests.</summary>
internal static class Points
{
    public static IndexPoint Make(string document, long revision, int chunk, string text, float[]? vector = null, string tenant = "a") => new()
    {
        Id = IndexPoint.IdOf(document, revision, chunk),
        Tenant = tenant,
        DocumentId = document,
        Revision = revision,
        Chunk = chunk,
        Text = text,
        ContentHash = IndexPoint.HashOf(text),
        Vector = vector ?? default(ReadOnlyMemory<float>),
    };

    public static IndexQuery Ask(string tenant = "a", float[]? vector = null, string[]? terms = null, string[]? groups = null, Filter? filter = null, int limit = 10) => new()
    {
        Filter = new IndexFilter { Tenant = tenant, ReaderGroups = groups ?? [], Attributes = filter },
        Vector = vector ?? default(ReadOnlyMemory<float>),
        Terms = terms ?? [],
        Limit = limit,
    };

    public static float[] UnitVector(Random random, int dimensions)
    {
        float[] vector = new float[dimensions];
        double length = 0;
        for (int i = 0; i < dimensions; i++)
        {
            vector[i] = (float)((random.NextDouble() * 2) - 1);
            length += (double)vector[i] * vector[i];
        }

        for (int i = 0; i < dimensions; i++)
        {
            vector[i] = (float)(vector[i] / Math.Sqrt(length));
        }

        return vector;
    }

    public static async Task<List<T>> ListAsync<T>(this IAsyncEnumerable<T> source)
    {
        List<T> all = [];
        await foreach (T item in source)
        {
            all.Add(item);
        }

        return all;
    }
}
