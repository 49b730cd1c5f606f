using LlmPlatform.Contracts.Retrieval.V1;

namespace LlmPlatform.Platform.Tests.Retrieval;

/// <summary>
/// Quoted answers: KorQuAD's questions asked with their passage there, and with it left out. The threshold was chosen on
/// questions about passages of even numbers; only those about odd ones are asked here.
/// </summary>
[Collection(QualityTests.Name)]
public sealed class KorQuadAnswerTests(QualityPlatform fixture)
{
    private const int MostLength = 300;
    private const int MostSentences = 2;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_hundred_questions_are_answered_or_said_to_have_no_answer()
    {
        (double held, double absent) = await MeasureAsync(100, "korquad-answers-short");
        Assert.InRange(held, 0.70, 1);
        Assert.InRange(absent, 0.75, 1);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task A_thousand_questions_reach_the_bars()
    {
        (double held, double absent) = await MeasureAsync(1000, "korquad-answers");
        Assert.InRange(held, 0.70, 1);
        Assert.InRange(absent, 0.82, 1);
    }

    private async Task<(double Held, double Absent)> MeasureAsync(int count, string name)
    {
        KorQuad data = KorQuad.Require();
        PlatformFixture.RequireModel(PlatformFixture.MultilingualE5);
        RetrievalCalls calls = new(fixture.Grpc);
        KorQuadCollection collection = await KorQuadCollection.GetAsync(calls, data, PlatformFixture.MultilingualE5, Ct);
        KorQuad.Question[] odd = [.. data.Questions.Where(question => question.Passage % 2 == 1)];
        KorQuad.Question[] questions = [.. Enumerable.Range(0, count).Select(i => odd[(int)((long)i * odd.Length / count)])];
        int held = 0;
        int quoted = 0;
        int absent = 0;
        await Parallel.ForEachAsync(questions, new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = Ct }, async (question, cancellation) =>
        {
            AnswerEnd present = await AskAsync(calls, data, collection, question, leftOut: false, cancellation);
            Interlocked.Add(ref quoted, present.Outcome == "quoted" ? 1 : 0);
            Interlocked.Add(ref held, present.Citations.Any(citation => question.Answers.Any(citation.Quote.Contains)) ? 1 : 0);
            AnswerEnd without = await AskAsync(calls, data, collection, question, leftOut: true, cancellation);
            Interlocked.Add(ref absent, without.Outcome == "not_in_documents" ? 1 : 0);
        });
        double heldShare = (double)held / count;
        double absentShare = (double)absent / count;
        Measurements.Write(
            name,
            [
                $"| questions | the quote holds the answer | an answer was quoted | absence said when the passage is left out |",
                $"|--:|--:|--:|--:|",
                $"| {count} | {heldShare:0.000} | {(double)quoted / count:0.000} | {absentShare:0.000} |",
            ]);
        return (heldShare, absentShare);
    }

    private static async Task<AnswerEnd> AskAsync(
        RetrievalCalls calls, KorQuad data, KorQuadCollection collection, KorQuad.Question question, bool leftOut, CancellationToken cancellation)
    {
        AskRequest request = new() { CollectionId = collection.Id, Question = question.Text };
        if (leftOut)
        {
            CompareFilter own = new() { Key = KorQuadCollection.PassageAttribute, Value = new AttributeValue { NumberValue = question.Passage } };
            request.Filter = new Filter { Not = new Filter { Equals_ = own } };
        }

        List<AskResponse> events = await calls.AskAsync(request, cancellation);
        Assert.Equal(AskResponse.EventOneofCase.Passages, events[0].EventCase);
        Assert.Equal(AskResponse.EventOneofCase.End, events[^1].EventCase);
        AnswerEnd end = events[^1].End;
        Assert.True(end.Outcome is "quoted" or "not_in_documents", end.Outcome);
        Assert.Equal(end.Outcome == "quoted", end.Citations.Count > 0);
        Assert.InRange(end.Citations.Count, 0, MostSentences);
        Assert.InRange(end.Citations.Sum(citation => citation.Quote.Length), 0, MostLength);
        foreach (Citation citation in end.Citations)
        {
            // Plain text comes out as it went in: the offsets count in the passage itself.
            int passage = collection.Documents.ToList().IndexOf(citation.DocumentId);
            Assert.Equal(citation.Quote, data.Passages[passage][(int)citation.Start..(int)citation.End]);
            Assert.Equal(citation.DocumentId, events[0].Passages.Results[citation.Passage - 1].Passage.DocumentId);
            Assert.False(leftOut && passage == question.Passage);
        }

        return end;
    }
}
