using LlmPlatform.Contracts.Retrieval.V1;

namespace LlmPlatform.Platform.Tests.Retrieval;

/// <summary>The platform answers about itself: its guide is there from the first start.</summary>
public sealed class OwnDocumentationTests(PlatformFixture fixture)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Which port does gRPC answer on?", "8081")]
    [InlineData("첫 번째 키는 어떤 테넌트의 키여야 합니까?", "local")]
    public async Task A_question_about_the_platform_is_answered_with_its_source(string question, string expected)
    {
        RetrievalCalls calls = new(fixture.Grpc);
        Collection docs = await calls.WaitAsync("docs", Limit, Ct);
        Assert.True(docs.Documents.Completed >= 10, $"{docs.Documents}");
        Assert.Equal(0, docs.Documents.Failed);

        List<AskResponse> events = await calls.AskAsync(new AskRequest { CollectionId = "docs", Question = question }, Ct);
        AnswerEnd end = events[^1].End;
        Assert.Equal("quoted", end.Outcome);
        Assert.Contains(expected, end.Answer, StringComparison.OrdinalIgnoreCase);
        Assert.All(end.Citations, citation =>
        {
            Assert.EndsWith(".md", citation.Filename, StringComparison.Ordinal);
            Assert.NotEmpty(citation.Headings);
        });
    }
}
