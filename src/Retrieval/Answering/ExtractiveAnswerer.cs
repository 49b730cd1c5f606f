using LlmPlatform.Retrieval.Chunking;
using LlmPlatform.Retrieval.Keywords;
using LlmPlatform.Retrieval.Search;

namespace LlmPlatform.Retrieval.Answering;

/// <summary>
/// Answers a question with at most two sentences of the passages found, or says that they hold no answer. A sentence is
/// good when it holds the question's rare words, when its neighbours hold the others, when its passage was found first and
/// when it is near in meaning. Whether there is an answer at all is told by how much of the question the best sentences
/// and their passage hold, and by how clearly that passage stands out from the next.
/// </summary>
public sealed class ExtractiveAnswerer(ITextAnalyzer analyzer)
{
    /// <summary>Sentences of an answer at most.</summary>
    public const int MostSentences = 2;

    /// <summary>UTF-16 code units of an answer at most.</summary>
    public const int MostLength = 300;

    /// <summary>
    /// Answers with less confidence are not given. Chosen once, on questions of KorQuAD about other passages than those
    /// that the quality is measured with.
    /// </summary>
    public const double Threshold = 0.5;

    // Sentences whose meaning is compared at most: each costs the encoder some milliseconds.
    private const int MostCompared = 12;

    private const double NeighbourWeight = 0.3;
    private const double PassageWeight = 0.3;
    private const double NearnessWeight = 0.05;

    /// <summary>Answers a question.</summary>
    /// <param name="question">The question.</param>
    /// <param name="search">What was found for it.</param>
    /// <param name="similarity">Compares meanings; null where the collection has no vectors.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task<ExtractedAnswer> AnswerAsync(string question, SearchAnswer search, SentenceSimilarity? similarity, CancellationToken cancellationToken)
    {
        QuestionTerms terms = TermsOf(question, search);
        if (terms.Weight == 0 || search.Results.Count == 0)
        {
            return new ExtractedAnswer([], 0);
        }

        List<SentenceCandidate> candidates = [.. search.Results.SelectMany((result, passage) => Split(result, passage, terms))];
        if (candidates.Count == 0)
        {
            return new ExtractedAnswer([], 0);
        }

        double[] places = PassageScores(search);
        Rank(candidates, places);
        if (similarity is not null)
        {
            await CompareAsync(candidates, similarity, cancellationToken);
            Rank(candidates, places);
        }

        List<SentenceCandidate> chosen = Choose(candidates);
        double confidence = Confidence(search, terms, chosen);
        return new ExtractedAnswer(confidence >= Threshold ? Order(chosen) : [], confidence);
    }

    // Where nothing else is left, as in "Who is who?", the question's own words must do.
    private QuestionTerms TermsOf(string question, SearchAnswer search)
    {
        List<string> left = [.. QueryTerms.Of(analyzer, QuestionWords.Remove(question)).Where(search.Terms.Contains)];
        return new QuestionTerms(left.Count > 0 ? left : search.Terms, search.Statistics);
    }

    private List<SentenceCandidate> Split(SearchResult result, int passage, QuestionTerms question)
    {
        string text = result.Point.Text;
        List<SentenceCandidate> sentences = [];
        foreach (TextSpan span in SentenceSplitter.Split(text))
        {
            string sentence = text[span.Start..span.End];
            HashSet<string> terms = [.. QueryTerms.Of(analyzer, sentence).Where(question.Contains)];
            sentences.Add(new SentenceCandidate(passage, result.Point.Start + span.Start, sentence, terms) { Coverage = question.Share(terms) });
        }

        for (int i = 0; i < sentences.Count; i++)
        {
            double before = i > 0 ? question.Share(sentences[i - 1].Terms.Except(sentences[i].Terms)) : 0;
            double after = i + 1 < sentences.Count ? question.Share(sentences[i + 1].Terms.Except(sentences[i].Terms)) : 0;
            sentences[i].NeighbourCoverage = Math.Max(before, after);
        }

        // What is longer than an answer may be cannot be quoted, and a heading answers nothing.
        return sentences.FindAll(sentence => sentence.Text.Length <= MostLength && !result.Point.Headings.Contains(sentence.Text.Trim()));
    }

    private static void Rank(List<SentenceCandidate> candidates, double[] places)
    {
        foreach (SentenceCandidate candidate in candidates)
        {
            candidate.Score = candidate.Coverage + (NeighbourWeight * candidate.NeighbourCoverage)
                + (PassageWeight * places[candidate.Passage]) + (NearnessWeight * candidate.Nearness);
        }

        candidates.Sort((left, right) => right.Score != left.Score ? right.Score.CompareTo(left.Score)
            : left.Passage != right.Passage ? left.Passage.CompareTo(right.Passage) : left.Start.CompareTo(right.Start));
    }

    private static double[] PassageScores(SearchAnswer search)
    {
        double best = search.Results.Max(result => result.Score);
        return [.. search.Results.Select(result => best > 0 ? result.Score / best : 0)];
    }

    private static async Task CompareAsync(List<SentenceCandidate> candidates, SentenceSimilarity similarity, CancellationToken cancellationToken)
    {
        List<SentenceCandidate> compared = candidates[..Math.Min(MostCompared, candidates.Count)];
        IReadOnlyList<double> cosines = await similarity([.. compared.Select(candidate => candidate.Text)], cancellationToken);
        double mean = cosines.Average();
        double deviation = Math.Sqrt(cosines.Average(cosine => (cosine - mean) * (cosine - mean)));
        for (int i = 0; i < compared.Count && deviation > 0; i++)
        {
            compared[i].Nearness = (cosines[i] - mean) / deviation;
        }
    }

    private static List<SentenceCandidate> Choose(List<SentenceCandidate> ranked)
    {
        List<SentenceCandidate> chosen = [];
        int length = 0;
        foreach (SentenceCandidate candidate in ranked)
        {
            // Passages overlap: the same sentence may come twice.
            bool known = chosen.Exists(other => other.Text == candidate.Text);
            if (!known && length + candidate.Text.Length <= MostLength)
            {
                chosen.Add(candidate);
                length += candidate.Text.Length;
            }

            // Only the next best may follow: one further down would say something else.
            if (chosen.Count == MostSentences || (chosen.Count > 0 && !known && chosen[^1] != candidate))
            {
                break;
            }
        }

        return chosen;
    }

    // A logistic function of four things; its numbers are rounded from a fit on the questions that the threshold was chosen on.
    private double Confidence(SearchAnswer search, QuestionTerms question, List<SentenceCandidate> chosen)
    {
        SentenceCandidate first = chosen[0];
        string passage = search.Results[first.Passage].Point.IndexText;
        double sentences = question.Share(chosen.SelectMany(candidate => candidate.Terms).Distinct());
        double whole = question.Share(QueryTerms.Of(analyzer, passage).Where(question.Contains).Distinct());
        double logit = (5 * sentences) + (4 * whole) + (8 * Lead(search)) + (0.5 * first.Nearness) - 6.4;
        return 1 / (1 + Math.Exp(-logit));
    }

    // How far the best passage by keywords is ahead of the next that does not overlap it, as a share of what is possible.
    private static double Lead(SearchAnswer search)
    {
        double best = QueryTerms.Best(search.Terms, search.Statistics);
        List<SearchResult> ranked = [.. search.Results.OrderByDescending(result => result.Parts.Keyword ?? 0)];
        SearchResult first = ranked[0];
        double next = ranked.Skip(1).Where(result => !Overlap(first, result)).Select(result => result.Parts.Keyword ?? 0).FirstOrDefault();
        return best > 0 ? ((first.Parts.Keyword ?? 0) - next) / best : 0;
    }

    private static bool Overlap(SearchResult first, SearchResult second) =>
        first.Point.DocumentId == second.Point.DocumentId && first.Point.Start < second.Point.End && second.Point.Start < first.Point.End;

    // Sentences of one passage are read in its order.
    private static List<Quote> Order(List<SentenceCandidate> chosen)
    {
        if (chosen.Count == MostSentences && chosen[0].Passage == chosen[1].Passage)
        {
            chosen.Sort((left, right) => left.Start.CompareTo(right.Start));
        }

        return [.. chosen.Select(candidate => new Quote(candidate.Passage, candidate.Text, candidate.Start, candidate.End))];
    }
}
