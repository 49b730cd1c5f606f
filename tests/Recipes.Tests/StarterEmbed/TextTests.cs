using LlmPlatform.Recipes.Data;
using LlmPlatform.Recipes.StarterEmbed;

namespace LlmPlatform.Recipes.Tests.StarterEmbed;

public sealed class TextTests
{
    [Theory]
    [InlineData("첫 문장입니다. 둘째 문장입니다.", "첫 문장입니다.|둘째 문장입니다.")]
    [InlineData("Use .NET 8.0 here. It works!  Yes", "Use .NET 8.0 here.|It works!|Yes")]
    [InlineData("- one item\n- another, e.g. this", "one item|another, e.g. this")]
    [InlineData("1. 설치합니다. 끝.", "1. 설치합니다.|끝.")]
    [InlineData("no end", "no end")]
    public void Paragraphs_are_cut_into_sentences(string paragraph, string expected) =>
        Assert.Equal(expected.Split('|'), Sentences.Of(paragraph));

    [Theory]
    [InlineData("설치하기", true)]
    [InlineData("Getting started", true)]
    [InlineData("설치합니다.", false)]
    [InlineData("- 항목", false)]
    [InlineData("다음과 같습니다:", false)]
    [InlineData("두 줄\n둘째", false)]
    public void Headings_are_told_from_text(string paragraph, bool expected) => Assert.Equal(expected, Sentences.IsHeading(paragraph));

    [Fact]
    public void A_sample_does_not_depend_on_the_order_and_has_everything_once()
    {
        string[] texts = [.. Enumerable.Range(0, 1000).Select(i => $"text {i % 700}")];

        IReadOnlyList<string> sample = TextSample.Take(texts, text => text, 50);

        Assert.Equal(50, sample.Distinct().Count());
        Assert.Equal(sample, TextSample.Take(texts.Reverse(), text => text, 50));
        Assert.Equal(700, TextSample.Take(texts, text => text, 5000).Count);
        Assert.Empty(TextSample.Take(texts, text => text, 0));
        Assert.Equal(texts.Distinct().OrderBy(TextSample.Hash).Take(50), sample);
    }

    [Fact]
    public void A_heading_belongs_to_what_stands_below_it()
    {
        string passage = string.Join(' ', Enumerable.Repeat("긴 설명 문장입니다.", 10));
        TextDocument document = new("s", "p", "제목", $"제목\n\n{passage}\n\n설치\n\n{passage}\n\n짧은 절\n\n짧다.\n\nInstalling the tools\n\n{passage} {passage} {passage}");

        List<TextPair> pairs = [.. PairCorpus.Below(document, 150)];

        Assert.Equal(["제목", "제목 설치", "Installing the tools"], pairs.Select(pair => pair.Anchor));
        Assert.All(pairs, pair => Assert.InRange(pair.Positive.Length, 60, 150));
    }
}
