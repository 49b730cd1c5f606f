using System.Numerics.Tensors;
using LlmPlatform.Retrieval.Chunking;
using LlmPlatform.Retrieval.Index;
using LlmPlatform.Retrieval.Keywords;

namespace LlmPlatform.Retrieval.Search;

/// <summary>Makes vectors of unit length with the collection's encoder.</summary>
/// <param name="texts">The texts.</param>
/// <param name="asQueries">Whether they are queries or documents: encoders treat them differently.</param>
/// <param name="cancellationToken">Ends the work.</param>
public delegate Task<IReadOnlyList<ReadOnlyMemory<float>>> TextEncoder(IReadOnlyList<string> texts, bool asQueries, CancellationToken cancellationToken);

/// <summary>
/// Measures on a collection's own text what share of a hybrid score the dense side deserves. The first sentence is taken
/// out of a chunk, and the rest of the chunk is to be found by it among all others: the inverse cloze task (Lee et al.,
/// 2019). The weight that finds best is taken only as far from the default as the sample proves, and of that way only the
/// half: a reader's question shares more words with its passage than the passage's own first sentence does with the rest,
/// so the task asks for more meaning than a search does.
/// </summary>
public sealed class DenseWeightMeasurement(IChunkIndex index, ITextAnalyzer analyzer)
{
    /// <summary>The weight where nothing is measured.</summary>
    public const double DefaultWeight = 0.2;

    /// <summary>With fewer chunks to ask about, nothing is measured.</summary>
    public const int LeastSample = 30;

    /// <summary>Chunks that are asked about at most.</summary>
    public const int MostSample = 200;

    private const int Candidates = 100;
    private const int RankLimit = 10;
    private const int LeastSentence = 12;
    private const int Steps = 20;

    // How many standard errors a weight must be better than one nearer to the default: nine chances in ten.
    private const double Caution = 1.28;

    /// <summary>Measures.</summary>
    /// <param name="collection">The index's collection.</param>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="sample">Chunks to ask about, from anywhere in the collection.</param>
    /// <param name="encoder">The collection's encoder.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The weight, 0 to 1; null when the sample is too small to say anything.</returns>
    public async Task<double?> MeasureAsync(
        string collection, string tenant, IReadOnlyList<IndexPoint> sample, TextEncoder encoder, CancellationToken cancellationToken)
    {
        List<Question> questions = [.. sample.Select(Ask).OfType<Question>().Take(MostSample)];
        if (questions.Count < LeastSample)
        {
            return null;
        }

        IReadOnlyList<ReadOnlyMemory<float>> queries = await encoder([.. questions.Select(question => question.Query)], true, cancellationToken);
        IReadOnlyList<ReadOnlyMemory<float>> rests = await encoder([.. questions.Select(question => question.Rest)], false, cancellationToken);
        double[][] ranks = new double[questions.Count][];
        for (int i = 0; i < questions.Count; i++)
        {
            ranks[i] = await ReciprocalRanksAsync(collection, tenant, questions[i], queries[i], rests[i], cancellationToken);
        }

        return (DefaultWeight + Choose(ranks)) / 2;
    }

    /// <summary>The weight of a step.</summary>
    internal static double WeightOf(int step) => (double)step / Steps;

    /// <summary>
    /// Of each question's reciprocal ranks by weight: the step nearest to the default that is not worse than the best by
    /// more than chance would have it.
    /// </summary>
    internal static double Choose(IReadOnlyList<double[]> ranks)
    {
        double[] means = [.. Enumerable.Range(0, Steps + 1).Select(step => ranks.Average(row => row[step]))];
        int best = Enumerable.Range(0, means.Length).MaxBy(step => means[step]);
        return Enumerable.Range(0, means.Length)
            .Where(step => step == best || means[best] - means[step] <= Caution * StandardError(ranks, best, step))
            .Select(WeightOf)
            .MinBy(weight => Math.Abs(weight - DefaultWeight));
    }

    private static double StandardError(IReadOnlyList<double[]> ranks, int first, int second)
    {
        double mean = ranks.Average(row => row[first] - row[second]);
        double variance = ranks.Sum(row => Math.Pow(row[first] - row[second] - mean, 2)) / Math.Max(1, ranks.Count - 1);
        return Math.Sqrt(variance / ranks.Count);
    }

    // Without its first sentence, a chunk must have enough left to be found by.
    private static Question? Ask(IndexPoint point)
    {
        IReadOnlyList<TextSpan> sentences = SentenceSplitter.Split(point.Text);
        if (sentences.Count < 3)
        {
            return null;
        }

        TextSpan first = sentences[0];
        string query = point.Text[first.Start..first.End];
        return query.Length >= LeastSentence ? new Question(point, query, point.Text[..first.Start] + point.Text[first.End..]) : null;
    }

    private async Task<double[]> ReciprocalRanksAsync(
        string collection, string tenant, Question question, ReadOnlyMemory<float> query, ReadOnlyMemory<float> rest, CancellationToken cancellationToken)
    {
        List<string> terms = QueryTerms.Of(analyzer, question.Query);
        IndexAnswer answer = await index.QueryAsync(
            collection,
            new IndexQuery { Filter = new IndexFilter { Tenant = tenant }, Vector = query, Terms = terms, Limit = Candidates + 1 },
            cancellationToken);
        KeywordStatistics statistics = await index.GetStatisticsAsync(collection, [.. terms.Distinct()], cancellationToken);
        double keyword = QueryTerms.Explain(analyzer, terms, question.Rest, statistics).Values.Sum();
        double dense = TensorPrimitives.Dot(query.Span, rest.Span);
        Dictionary<Guid, (double Dense, double Keyword)> scaled = [];
        Scale(answer.Dense, dense, (id, score) => scaled[id] = (score, 0));
        Scale(answer.Keyword, keyword, (id, score) => scaled[id] = (scaled.GetValueOrDefault(id).Dense, score));
        (double Dense, double Keyword) own = scaled.GetValueOrDefault(question.Point.Id);
        return [.. Enumerable.Range(0, Steps + 1).Select(step => ReciprocalRank(WeightOf(step)))];

        double ReciprocalRank(double weight)
        {
            double score = Sum(own, weight);
            int rank = 1 + scaled.Count(pair => pair.Key != question.Point.Id && Sum(pair.Value, weight) >= score);
            return score > 0 && rank <= RankLimit ? 1.0 / rank : 0;
        }

        // The chunk's own score is the one of its rest; its neighbours in the document may overlap it, and are no rivals.
        void Scale(IReadOnlyList<IndexHit> hits, double ownScore, Action<Guid, double> take)
        {
            List<(Guid Id, double Score)> list =
            [
                .. hits.Where(hit => !IsNear(hit, question.Point)).Select(hit => (hit.Id, hit.Score)).Append((question.Point.Id, ownScore))
                    .Where(hit => hit.Item2 > 0).OrderByDescending(hit => hit.Item2).Take(Candidates),
            ];
            double[] scores = Fusion.MinMax([.. list.Select(hit => hit.Score)]);
            for (int i = 0; i < list.Count; i++)
            {
                take(list[i].Id, scores[i]);
            }
        }
    }

    private static bool IsNear(IndexHit hit, IndexPoint point) => hit.DocumentId == point.DocumentId && Math.Abs(hit.Chunk - point.Chunk) <= 1;

    private static double Sum((double Dense, double Keyword) scores, double weight) => (weight * scores.Dense) + ((1 - weight) * scores.Keyword);

    private sealed record Question(IndexPoint Point, string Query, string Rest);
}
