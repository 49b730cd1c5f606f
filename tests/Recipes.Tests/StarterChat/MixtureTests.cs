using LlmPlatform.Recipes.Data;
using LlmPlatform.Recipes.StarterChat;

namespace LlmPlatform.Recipes.Tests.StarterChat;

public sealed class MixtureTests
{
    private static readonly string[] Texts = [.. Enumerable.Range(0, 5000).Select(i => $"text {i}")];

    [Theory]
    [InlineData(0, 0)]
    [InlineData(35, 1750)]
    [InlineData(100, 4980)]
    [InlineData(250, 12450)]
    public void A_kind_is_taken_in_its_measure(long percent, int expected)
    {
        int taken = TextMixture.Take([new TextSource("a", Texts)], _ => percent).Sum(pair => pair.Copies);

        Assert.InRange(taken, expected * 0.93, expected * 1.07);
    }

    [Fact]
    public void What_is_held_out_is_the_same_in_every_measure_and_never_trained_on()
    {
        string[] few = HeldOut(50);
        string[] all = HeldOut(300);

        Assert.InRange(all.Length, 5, 40);
        Assert.Empty(few.Except(all));
        Assert.DoesNotContain(TextMixture.Take([new TextSource("a", Texts)], _ => 300), pair => pair.Copies > 0 && all.Contains(pair.Text));
    }

    [Fact]
    public void A_dialogue_is_cut_behind_an_answer()
    {
        Turn[] turns = [new("user", "12345"), new("assistant", "12345"), new("user", "12345"), new("assistant", "12345")];

        Assert.Equal(4, FineTuningRows.Cut(turns, 20).Count);
        Assert.Equal(2, FineTuningRows.Cut(turns, 19).Count);
        Assert.Empty(FineTuningRows.Cut(turns, 9));
    }

    private static string[] HeldOut(long percent) =>
        [.. TextMixture.Take([new TextSource("a", Texts)], _ => percent).Where(pair => pair.Copies == 0).Select(pair => pair.Text)];
}
