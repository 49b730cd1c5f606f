using LlmPlatform.Retrieval.Index;
using LlmPlatform.Retrieval.Keywords;
using LlmPlatform.Retrieval.Search;
using LlmPlatform.Retrieval.Tests.Index;

namespace LlmPlatform.Retrieval.Tests.Search;

public sealed class DenseWeightMeasurementTests
{
    private const string Collection = "test";
    private const int Topics = 60;

    private readonly ReferenceIndex _index = new(KeywordAnalyzer.Instance);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_encoder_that_knows_better_than_words_gets_more_weight_and_a_blind_one_less()
    {
        List<IndexPoint> points = [.. Enumerable.Range(0, Topics).Select(Point)];
        await _index.CreateAsync(Collection, Topics, Ct);
        await _index.UpsertAsync(Collection, points, Ct);
        DenseWeightMeasurement measurement = new(_index, KeywordAnalyzer.Instance);

        double? knowing = await measurement.MeasureAsync(Collection, "local", points, (texts, _, _) => Encode(texts, TopicOf), Ct);
        double? blind = await measurement.MeasureAsync(Collection, "local", points, (texts, asQueries, _) => Encode(texts, text => (TopicOf(text) * 7 + (asQueries ? 13 : 0)) % Topics), Ct);
        Assert.True(knowing > DenseWeightMeasurement.DefaultWeight, $"{knowing}");
        Assert.True(blind <= DenseWeightMeasurement.DefaultWeight, $"{blind}");
    }

    [Fact]
    public async Task Too_few_chunks_say_nothing()
    {
        List<IndexPoint> points = [.. Enumerable.Range(0, DenseWeightMeasurement.LeastSample - 1).Select(Point)];
        await _index.CreateAsync(Collection, Topics, Ct);
        await _index.UpsertAsync(Collection, points, Ct);
        Assert.Null(await new DenseWeightMeasurement(_index, KeywordAnalyzer.Instance).MeasureAsync(Collection, "local", points, (texts, _, _) => Encode(texts, TopicOf), Ct));
    }

    [Fact]
    public void Equal_weights_leave_the_default()
    {
        double[][] ranks = [.. Enumerable.Range(0, 50).Select(_ => Enumerable.Repeat(0.5, 21).ToArray())];
        Assert.Equal(DenseWeightMeasurement.DefaultWeight, DenseWeightMeasurement.Choose(ranks));
    }

    [Fact]
    public void A_difference_within_chance_moves_the_weight_no_further_than_it_proves()
    {
        // One question of fifty is better at 0.9: chance. Forty of fifty are better at 0.5: proof.
        double[][] chance = [.. Enumerable.Range(0, 50).Select(i => Row(18, i == 0 ? 1 : 0.5))];
        Assert.Equal(DenseWeightMeasurement.DefaultWeight, DenseWeightMeasurement.Choose(chance));
        double[][] proof = [.. Enumerable.Range(0, 50).Select(i => Row(10, i < 40 ? 1 : 0.5))];
        Assert.Equal(0.5, DenseWeightMeasurement.Choose(proof));

        static double[] Row(int step, double value)
        {
            double[] row = [.. Enumerable.Repeat(0.5, 21)];
            row[step] = value;
            return row;
        }
    }

    // The first sentence shares no rare word with the rest: only meaning (the topic's number) joins them.
    private static IndexPoint Point(int topic)
    {
        string text = $"This opens the matter called topic{topic}n. What follows speaks about it in other words. The words of matter{topic}m are these. They end here.";
        return new IndexPoint
        {
            Id = IndexPoint.IdOf($"doc-{topic}", 1, 0),
            Tenant = "local",
            DocumentId = $"doc-{topic}",
            Revision = 1,
            Chunk = 0,
            Text = text,
            ContentHash = IndexPoint.HashOf(text),
            Vector = OneHot(topic),
        };
    }

    private static int TopicOf(string text)
    {
        int start = text.IndexOf("topic", StringComparison.Ordinal);
        start = start >= 0 ? start + 5 : text.IndexOf("matter", text.IndexOf("words of", StringComparison.Ordinal), StringComparison.Ordinal) + 6;
        return int.Parse(text.AsSpan(start, text.AsSpan(start).IndexOfAnyExceptInRange('0', '9')), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static float[] OneHot(int topic)
    {
        float[] vector = new float[Topics];
        vector[topic] = 1;
        return vector;
    }

    private static Task<IReadOnlyList<ReadOnlyMemory<float>>> Encode(IReadOnlyList<string> texts, Func<string, int> topicOf) =>
        Task.FromResult<IReadOnlyList<ReadOnlyMemory<float>>>([.. texts.Select(text => (ReadOnlyMemory<float>)OneHot(topicOf(text)))]);
}
