using LlmPlatform.Inference.Sampling;

namespace LlmPlatform.Inference.Tests.Sampling;

public sealed class StopMatcherTests
{
    [Fact]
    public void Text_that_could_begin_a_stop_string_is_held_back_until_it_is_decided()
    {
        StopMatcher matcher = new(["###", "END"]);
        Assert.Equal("a", matcher.Push("a#"));
        Assert.Equal("", matcher.Push("#"));
        Assert.Equal("##b", matcher.Push("b"));
        Assert.Equal("", matcher.Push("EN"));
        Assert.False(matcher.Stopped);
        Assert.Equal("", matcher.Push("D and more"));
        Assert.True(matcher.Stopped);
        Assert.Equal("", matcher.Push("nothing"));
    }

    [Fact]
    public void What_was_held_back_comes_out_at_the_end()
    {
        StopMatcher matcher = new(["stop"]);
        Assert.Equal("do not ", matcher.Push("do not sto"));
        Assert.Equal("sto", matcher.Flush());
        Assert.Equal("", matcher.Flush());
    }

    [Fact]
    public void The_earliest_stop_string_counts()
    {
        StopMatcher matcher = new(["zz", "b"]);
        Assert.Equal("a", matcher.Push("abzz"));
        Assert.True(matcher.Stopped);
    }

    [Fact]
    public void Any_cut_of_the_text_gives_the_same()
    {
        Random random = new(1);
        string[] stops = ["abc", "bcb", "cc"];
        for (int round = 0; round < 2000; round++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 14)).Select(_ => (char)('a' + random.Next(3))));
            int[] ends = [.. stops.Select(stop => text.IndexOf(stop, StringComparison.Ordinal) is var at && at < 0 ? int.MaxValue : at + stop.Length)];
            StopMatcher matcher = new(stops);
            string shown = "";
            for (int i = 0; i < text.Length && !matcher.Stopped;)
            {
                int length = Math.Min(random.Next(1, 4), text.Length - i);
                shown += matcher.Push(text.Substring(i, length));
                i += length;
                Assert.StartsWith(shown, text, StringComparison.Ordinal);
            }

            Assert.Equal(ends.Min() != int.MaxValue, matcher.Stopped);
            shown += matcher.Stopped ? "" : matcher.Flush();
            Assert.True(matcher.Stopped ? !stops.Any(stop => shown.Contains(stop, StringComparison.Ordinal)) : shown == text);
        }
    }
}
