using LlmPlatform.ServiceDefaults.Errors;

namespace LlmPlatform.ServiceDefaults.Tests.Errors;

public sealed class SafeValueTests
{
    [Fact]
    public void A_short_value_is_shown_whole() => Assert.Equal("9.5", SafeValue.Cut(9.5));

    [Fact]
    public void Null_is_shown_as_nothing() => Assert.Equal("", SafeValue.Cut(null));

    [Fact]
    public void Exactly_64_characters_are_not_cut() => Assert.Equal(new string('a', 64), SafeValue.Cut(new string('a', 64)));

    [Fact]
    public void A_long_value_is_cut_to_64_characters() => Assert.Equal(new string('a', 64) + "...", SafeValue.Cut(new string('a', 65)));

    [Fact]
    public void Control_characters_do_not_break_the_line() => Assert.Equal("a?b?c", SafeValue.Cut("a\nb\u0007c"));

    [Fact]
    public void A_pair_of_surrogates_is_not_torn_apart() => Assert.Equal(new string('a', 63) + "...", SafeValue.Cut(new string('a', 63) + "😀"));

    [Fact]
    public void Whole_pairs_are_kept_and_lone_surrogates_are_not() => Assert.Equal("😀?x", SafeValue.Cut("😀\ud83dx"));
}
