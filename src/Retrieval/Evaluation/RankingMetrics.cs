namespace LlmPlatform.Retrieval.Evaluation;

/// <summary>
/// How good one query's ranking is, as trec_eval counts: a document is relevant when its grade is above 0, gains are the
/// grades, negative grades gain nothing. A query without relevant documents has the value 0 everywhere.
/// </summary>
public sealed class RankingMetrics
{
    private readonly int[] _grades;
    private readonly int[] _ideal;
    private readonly int _judgedNotRelevant;
    private readonly bool[] _isJudged;

    private RankingMetrics(int[] grades, bool[] isJudged, int[] ideal, int judgedNotRelevant)
    {
        _grades = grades;
        _isJudged = isJudged;
        _ideal = ideal;
        _judgedNotRelevant = judgedNotRelevant;
    }

    /// <summary>Documents that are relevant.</summary>
    public int RelevantCount => _ideal.Length;

    /// <summary>Of those, the ones that the ranking holds.</summary>
    public int RelevantRetrieved => _grades.Count(grade => grade > 0);

    /// <summary>Precision at each relevant document's place, divided by the number of relevant ones.</summary>
    public double AveragePrecision => AveragePrecisionAt(_grades.Length);

    /// <summary>1 divided by the first relevant document's place.</summary>
    public double ReciprocalRank => ReciprocalRankAt(_grades.Length);

    /// <summary>Precision at as many places as there are relevant documents.</summary>
    public double RPrecision => PrecisionAt(RelevantCount);

    /// <summary>Discounted gain of the whole ranking.</summary>
    public double Ndcg => NdcgAt(int.MaxValue);

    /// <summary>
    /// Binary preference (Buckley and Voorhees, 2004): how seldom a document judged not relevant stands before a relevant
    /// one; documents without judgement do not count.
    /// </summary>
    public double BinaryPreference
    {
        get
        {
            int bound = Math.Min(RelevantCount, _judgedNotRelevant);
            double sum = 0;
            int notRelevantBefore = 0;
            for (int i = 0; i < _grades.Length; i++)
            {
                if (_grades[i] > 0)
                {
                    sum += notRelevantBefore == 0 ? 1 : 1 - (Math.Min(notRelevantBefore, RelevantCount) / (double)bound);
                }
                else if (_isJudged[i] && _grades[i] == 0)
                {
                    notRelevantBefore++;
                }
            }

            return OverRelevant(sum);
        }
    }

    /// <summary>Prepares a query's ranking.</summary>
    /// <param name="ranking">The documents found, best first.</param>
    /// <param name="judgements">The grade of each judged document; others are not relevant.</param>
    public static RankingMetrics Of<T>(IEnumerable<T> ranking, IReadOnlyDictionary<T, int> judgements)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(ranking);
        ArgumentNullException.ThrowIfNull(judgements);
        T[] documents = [.. ranking];
        return new RankingMetrics(
            [.. documents.Select(document => judgements.GetValueOrDefault(document))],
            [.. documents.Select(judgements.ContainsKey)],
            [.. judgements.Values.Where(grade => grade > 0).OrderDescending()],
            judgements.Values.Count(grade => grade == 0));
    }

    /// <summary>
    /// The order in which trec_eval reads a run: by score, equal scores by id, both descending, ids compared by their
    /// bytes.
    /// </summary>
    public static IReadOnlyList<string> TrecOrder(IEnumerable<KeyValuePair<string, double>> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return
        [
            .. run.OrderByDescending(pair => (float)pair.Value)
                .ThenByDescending(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => pair.Key),
        ];
    }

    /// <summary>The relevant share of the first <paramref name="count"/> places.</summary>
    public double PrecisionAt(int count) => count == 0 ? 0 : RelevantAt(count) / (double)count;

    /// <summary>The share of the relevant documents among the first <paramref name="count"/>.</summary>
    public double RecallAt(int count) => OverRelevant(RelevantAt(count));

    /// <summary>The harmonic mean of precision and recall.</summary>
    public double F1At(int count)
    {
        double sum = PrecisionAt(count) + RecallAt(count);
        return sum == 0 ? 0 : 2 * PrecisionAt(count) * RecallAt(count) / sum;
    }

    /// <summary>1 when a relevant document is among the first <paramref name="count"/>.</summary>
    public double HitAt(int count) => RelevantAt(count) > 0 ? 1 : 0;

    /// <summary>As <see cref="ReciprocalRank"/>, 0 when there is none among the first <paramref name="count"/>.</summary>
    public double ReciprocalRankAt(int count)
    {
        int first = Array.FindIndex(_grades, grade => grade > 0);
        return first >= 0 && first < count ? 1.0 / (first + 1) : 0;
    }

    /// <summary>As <see cref="AveragePrecision"/>, over the first <paramref name="count"/> places.</summary>
    public double AveragePrecisionAt(int count)
    {
        double sum = 0;
        int relevant = 0;
        for (int i = 0; i < Math.Min(count, _grades.Length); i++)
        {
            if (_grades[i] > 0)
            {
                sum += ++relevant / (double)(i + 1);
            }
        }

        return OverRelevant(sum);
    }

    /// <summary>The discounted sum of gains over the best possible one, with the grade as gain.</summary>
    public double NdcgAt(int count) => NdcgAt(count, grade => grade);

    /// <summary>The same with 2^grade - 1 as gain (Burges et al., 2005).</summary>
    public double BurgesNdcgAt(int count) => NdcgAt(count, grade => Math.Pow(2, grade) - 1);

    private static double GainOf(int[] grades, int count, Func<int, double> gain)
    {
        double sum = 0;
        for (int i = 0; i < Math.Min(count, grades.Length); i++)
        {
            sum += gain(Math.Max(0, grades[i])) / Math.Log2(i + 2);
        }

        return sum;
    }

    private double NdcgAt(int count, Func<int, double> gain) =>
        RelevantCount == 0 ? 0 : GainOf(_grades, count, gain) / GainOf(_ideal, count, gain);

    private int RelevantAt(int count) => _grades.Take(count).Count(grade => grade > 0);

    private double OverRelevant(double sum) => RelevantCount == 0 ? 0 : sum / RelevantCount;
}
