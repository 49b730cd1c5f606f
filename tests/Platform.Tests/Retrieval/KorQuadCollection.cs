using LlmPlatform.Contracts.Retrieval.V1;

namespace LlmPlatform.Platform.Tests.Retrieval;

/// <summary>KorQuAD's passages in a collection: ingested once for all tests of a run, by encoder.</summary>
/// <param name="Id">The collection.</param>
/// <param name="DenseWeight">Its measured dense weight.</param>
/// <param name="Documents">The documents' ids by passage.</param>
/// <param name="Elapsed">How long the ingestion took.</param>
internal sealed record KorQuadCollection(string Id, double DenseWeight, IReadOnlyList<string> Documents, TimeSpan Elapsed)
{
    /// <summary>The attribute that holds a passage's number.</summary>
    public const string PassageAttribute = "passage";

    private static readonly TimeSpan IngestLimit = TimeSpan.FromMinutes(20);
    private static readonly SemaphoreSlim OneAtATime = new(1);
    private static readonly Dictionary<string, KorQuadCollection> Made = [];

    public static async Task<KorQuadCollection> GetAsync(RetrievalCalls calls, KorQuad data, string encoder, CancellationToken cancellationToken)
    {
        await OneAtATime.WaitAsync(cancellationToken);
        try
        {
            if (!Made.TryGetValue(encoder, out KorQuadCollection? made))
            {
                made = await MakeAsync(calls, data, encoder, cancellationToken);
                Made.Add(encoder, made);
            }

            return made;
        }
        finally
        {
            OneAtATime.Release();
        }
    }

    private static async Task<KorQuadCollection> MakeAsync(RetrievalCalls calls, KorQuad data, string encoder, CancellationToken cancellationToken)
    {
        DateTime start = DateTime.UtcNow;
        Collection collection = await calls.CreateAsync($"KorQuAD {encoder}", encoder);
        string[] documents = await calls.IngestAllAsync(
            collection.Id,
            [.. data.Passages.Select((text, i) => ($"passage-{i:0000}.txt", text))],
            i => new Dictionary<string, AttributeValue> { [PassageAttribute] = new AttributeValue { NumberValue = i } },
            cancellationToken);
        Collection done = await calls.WaitAsync(collection.Id, IngestLimit, cancellationToken);
        TimeSpan elapsed = DateTime.UtcNow - start;
        Assert.Equal(data.Passages.Count, done.Documents.Completed);

        done = await calls.WaitForWeightAsync(collection.Id, cancellationToken);
        return new KorQuadCollection(collection.Id, done.DenseWeight, documents, elapsed);
    }
}
