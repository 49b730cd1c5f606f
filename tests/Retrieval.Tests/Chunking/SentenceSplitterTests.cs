using FsCheck.Xunit;
using LlmPlatform.Retrieval.Chunking;

namespace LlmPlatform.Retrieval.Tests.Chunking;

public class SentenceSplitterTests
{
    /// <summary>A bar stands where a sentence ends; it is a space in the text, unless both are given.</summary>
    [Theory]
    [InlineData("One.|Two!|Three?|Four")]
    [InlineData("Version 2.4.1 costs $3.50, e.g. for Dr. Kim at No. 7, i.e. next door.|It is new.")]
    [InlineData("Is it there?|No.|It left.")]
    [InlineData("See Fig. 3 and Sec. IV of Vol. B.|It helps.")]
    [InlineData("Born on Jan. 4, 1990, in St. Louis.|He moved to the U.S. in May.")]
    [InlineData("We met at 9 p.m. in the hall.|He lives in the U.S.|She does not.")]
    [InlineData("Smith et al. showed it, cf. Jones vs. Brown.|Sold by Acme Inc. of Boston.")]
    [InlineData("J. R. R. Tolkien wrote it.|J. Smith, Ph.D., read it.")]
    [InlineData("\"Go away!\" she cried.|\"Why?\"|He left.")]
    [InlineData("He said \"It is done. We may go.\" to her.|She went.")]
    [InlineData("It failed (see Sec. 4. It is short).|We tried again.|(Nobody saw it.)|Then we left.")]
    [InlineData("Open https://example.com/a.b?c=1.|It loads.|Then read config.json first.")]
    [InlineData("Run `a.b. C` now.|Done.")]
    [InlineData("Wait...|What?!|Really.")]
    [InlineData("It was known.[1]|Others doubt it.[23]|So do I.")]
    [InlineData("1. Open the file.|2. Close it.")]
    [InlineData("검색합니다.|찾았어요!|정말요?|네.")]
    [InlineData("설치했다.그리고 지웠다.끝났어요.", "설치했다.|그리고 지웠다.|끝났어요.")]
    [InlineData("그는 \"간다. 꼭 간다.\"라고 말했다.|그녀는 \"왜요?\" 라고 물었다.")]
    [InlineData("2025. 11. 3. 오전에 시작한다.|버전은 3.5이다.")]
    [InlineData("도구를 설치합니다.|pip install로 설치하세요.")]
    [InlineData("보자~|늦지 마.")]
    [InlineData("これは本です。あれは？「はい。」と言った。", "これは本です。|あれは？|「はい。」と言った。")]
    [InlineData("첫째 줄은 길다\n둘째\n셋째", "첫째 줄은 길다|둘째|셋째")]
    [InlineData("A line that was filled up to its end, and then\nWrapped before a name that has a capital or\nAnother one. It ends.", "A line that was filled up to its end, and then Wrapped before a name that has a capital or Another one.|It ends.")]
    [InlineData("Title\n\nText", "Title|Text")]
    [InlineData("- one\n- two", "- one|- two")]
    public void Sentences_end_where_a_reader_says(string text, string? sentences = null)
    {
        string source = sentences is null ? text.Replace('|', ' ') : text;
        Assert.Equal(sentences ?? text, string.Join('|', SentenceSplitter.Split(source).Select(span => source[span.Start..span.End].Replace('\n', ' '))));
    }

    [Property]
    public void Sentences_hold_everything_but_white_space(string? text)
    {
        text ??= "";
        IReadOnlyList<TextSpan> sentences = SentenceSplitter.Split(text);
        int position = 0;
        foreach (TextSpan sentence in sentences)
        {
            Assert.True(string.IsNullOrWhiteSpace(text[position..sentence.Start]));
            Assert.Equal(text[sentence.Start..sentence.End].Trim(), text[sentence.Start..sentence.End]);
            Assert.True(sentence.Length > 0);
            position = sentence.End;
        }

        Assert.True(string.IsNullOrWhiteSpace(text[position..]));
    }

    [Theory]
    [InlineData("(")]
    [InlineData("\"")]
    [InlineData(". ")]
    [InlineData("a\n")]
    [InlineData("a.")]
    [InlineData("(\" ")]
    public void Long_hostile_text_takes_no_more_than_its_length(string piece)
    {
        string text = string.Concat(Enumerable.Repeat(piece, 500_000));
        long start = TimeProvider.System.GetTimestamp();
        SentenceSplitter.Split(text);
        Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(10));
    }
}
