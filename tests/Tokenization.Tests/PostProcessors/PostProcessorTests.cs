using LlmPlatform.Tokenization.PostProcessors;

namespace LlmPlatform.Tokenization.Tests.PostProcessors;

public class PostProcessorTests
{
    private const string TwoIds = """
        {"type":"TemplateProcessing",
         "single":[{"SpecialToken":{"id":"X","type_id":3}},{"Sequence":{"id":"A","type_id":2}}],
         "pair":[{"Sequence":{"id":"B","type_id":1}},{"SpecialToken":{"id":"X","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
         "special_tokens":{"X":{"id":"X","ids":[7,8],"tokens":["x1","x2"]}}}
        """;

    private const string Twice = """
        {"type":"TemplateProcessing",
         "single":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
         "pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":0}}],"special_tokens":{}}
        """;

    [Fact]
    public void A_special_token_of_a_template_may_stand_for_several_ids()
    {
        Tokenizer tokenizer = WithPostProcessor(TwoIds);
        Assert.Equal([7, 8, 104], tokenizer.EncodeIds("h"));
        Assert.Equal([104], tokenizer.EncodeIds("h", addSpecialTokens: false));
        Assert.Equal([3, 3, 2], tokenizer.Encode("h").TypeIds);
        Assert.Equal([105, 7, 8, 104], tokenizer.Encode("h", "i").Ids);
        Assert.Equal([1, 0, 0, 0], tokenizer.Encode("h", "i").TypeIds);
    }

    [Fact]
    public void A_template_that_repeats_the_text_is_encoded_whole()
    {
        Tokenizer tokenizer = WithPostProcessor(Twice);
        Assert.Equal([104, 104], tokenizer.EncodeIds("h"));
        Assert.Throws<TokenizationException>(() => tokenizer.AddSpecialTokens([1]));
    }

    [Fact]
    public void Special_tokens_can_be_put_around_ids()
    {
        Assert.Equal([7, 8, 1, 2], WithPostProcessor(TwoIds).AddSpecialTokens([1, 2]));
        Assert.Equal([1, 2], TestTokenizers.ByteLevel().AddSpecialTokens([1, 2]));
    }

    [Fact]
    public void Roberta_trims_offsets_and_frames_both_members()
    {
        Tokenizer tokenizer = WithPostProcessor(
            """{"type":"RobertaProcessing","sep":["</s>",2],"cls":["<s>",0],"trim_offsets":true,"add_prefix_space":false}""");
        Encoding encoding = tokenizer.Encode("h h", "h");
        Assert.Equal(["<s>", "h", "Ġ", "h", "</s>", "</s>", "h", "</s>"], encoding.Tokens);
        Assert.Equal(new TokenOffset(2, 2), encoding.Offsets[2]);
        Assert.Equal(new TokenOffset(2, 3), encoding.Offsets[3]);
    }

    [Fact]
    public void A_sequence_applies_one_after_the_other()
    {
        Tokenizer tokenizer = WithPostProcessor(
            $$"""{"type":"Sequence","processors":[{"type":"ByteLevel","trim_offsets":true,"add_prefix_space":false},{{TwoIds}}]}""");
        Assert.Equal([7, 8, 104], tokenizer.EncodeIds("h"));
        Assert.Equal(tokenizer.EncodeIds("h"), tokenizer.Encode("h").Ids);
        Assert.Equal(IdAffixes.None, new SequenceProcessing([new ByteLevelProcessing(true, true)]).SingleAffixes);
    }

    private static Tokenizer WithPostProcessor(string json) =>
        TestTokenizers.Parse(TestTokenizers.ByteLevelJson().Replace("\"post_processor\": null", $"\"post_processor\": {json}", StringComparison.Ordinal));
}
