using LlmPlatform.Retrieval.Filters;
using LlmPlatform.Retrieval.Index;

namespace LlmPlatform.Retrieval.Tests.Index;

/// <summary>Random points, filters and queries from a seed; values are few, so that they meet often.</summary>
internal sealed class RandomCases(int seed, int dimensions)
{
    private static readonly string[] Tenants = ["a", "b", "c"];
    private static readonly string[] GroupNames = ["g1", "g2", "g3"];
    private static readonly string[] Keys = ["k1", "k2", "k3"];
    private readonly Random _random = new(seed);

    public int Next(int count) => _random.Next(count);

    public string Document() => $"doc{Next(12)}";

    /// <summary>All points of a revision of a document, or some of them.</summary>
    public List<IndexPoint> Points()
    {
        string document = Document();
        long revision = 1 + Next(3);
        // A document is of one tenant, mostly: the rule holds for points.
        string tenant = Next(20) == 0 ? Pick(Tenants) : Tenants[document[^1] % 3];
        IReadOnlyDictionary<string, AttributeValue> attributes = Attributes();
        string[] groups = Groups();
        return [.. Enumerable.Range(0, 1 + Next(6)).Select(_ => Make(document, revision, Next(6), tenant, attributes, groups))];
    }

    public IReadOnlyDictionary<string, AttributeValue> Attributes() =>
        Keys.Where(_ => Next(2) == 0).ToDictionary(key => key, _ => Value());

    public string[] Groups() => Next(2) == 0 ? [] : [.. GroupNames.Where(_ => Next(2) == 0)];

    public IndexQuery Query()
    {
        int sides = 1 + Next(3);
        return new IndexQuery
        {
            Filter = new IndexFilter
            {
                Tenant = Pick(Tenants),
                ReaderGroups = Next(10) == 0 ? null : Groups(),
                Attributes = Next(2) == 0 ? null : Condition(3),
            },
            Vector = (sides & 1) == 0 || dimensions == 0 ? default(ReadOnlyMemory<float>) : Index.Points.UnitVector(_random, dimensions),
            Terms = (sides & 2) == 0 ? [] : [.. Enumerable.Range(0, 1 + Next(6)).Select(_ => Word())],
            Limit = 1 + Next(15),
        };
    }

    public string Word() => $"w{(int)(30 * _random.NextDouble() * _random.NextDouble())}";

    private IndexPoint Make(string document, long revision, int chunk, string tenant, IReadOnlyDictionary<string, AttributeValue> attributes, string[] groups)
    {
        string text = string.Join(' ', Enumerable.Range(0, Next(12)).Select(_ => Word()));
        return Index.Points.Make(document, revision, chunk, text, dimensions == 0 ? null : Index.Points.UnitVector(_random, dimensions), tenant) with
        {
            Attributes = attributes,
            AllowedGroups = groups,
        };
    }

    private Filter Condition(int depth) => Next(depth > 0 ? 7 : 4) switch
    {
        0 => new Filter.EqualTo(Pick(Keys), Value()),
        1 => new Filter.In(Pick(Keys), [.. Enumerable.Range(0, Next(3)).Select(_ => Value())]),
        2 => new Filter.Range(Pick(Keys), Bound(), Bound(), Bound(), Bound()),
        3 => new Filter.Exists(Pick(Keys)),
        4 => new Filter.And([.. Enumerable.Range(0, Next(3)).Select(_ => Condition(depth - 1))]),
        5 => new Filter.Or([.. Enumerable.Range(0, Next(3)).Select(_ => Condition(depth - 1))]),
        _ => new Filter.Not(Condition(depth - 1)),
    };

    private AttributeValue? Bound() => Next(3) == 0 ? Value() : null;

    private AttributeValue Value() => Next(3) switch
    {
        0 => AttributeValue.Of(Next(4)),
        1 => AttributeValue.Of($"v{Next(4)}"),
        _ => AttributeValue.Of(Next(2) == 0),
    };

    private T Pick<T>(T[] values) => values[Next(values.Length)];
}
