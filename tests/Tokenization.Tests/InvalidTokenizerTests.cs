namespace LlmPlatform.Tokenization.Tests;

public class InvalidTokenizerTests
{
    [Theory]
    [InlineData("\"type\": \"BPE\"", "\"type\": \"Nonsense\"", "model.type", "Nonsense")]
    [InlineData("\"type\": \"BPE\"", "\"type\": 7", "model.type", "7")]
    [InlineData("\"hell o\"", "\"hell x9\"", "model.merges[3]", "hell x9")]
    [InlineData("\"hell o\"", "\"hello\"", "model.merges[3]", "hello")]
    [InlineData("\"hell o\"", "[\"hell\"]", "model.merges[3]", "hell")]
    [InlineData("\"hell o\"", "[\"hell\",5]", "model.merges[3][1]", "5")]
    [InlineData("\"hello\":259", "\"hello\":-1", "model.vocab.hello", "-1")]
    [InlineData("\"hello\":259", "\"hello\":2000000000", "model.vocab.hello", "2000000000")]
    [InlineData("\"hello\":259", "\"hello\":200000000", "model.vocab", "")]
    [InlineData("\"hello\":259", "\"hello\":\"x\"", "model.vocab.hello", "x")]
    [InlineData("\"normalizer\": null", "\"normalizer\": {\"type\":\"Magic\"}", "normalizer.type", "Magic")]
    [InlineData("\"normalizer\": null", "\"normalizer\": []", "normalizer", "[]")]
    [InlineData("\"normalizer\": null", "\"normalizer\": {\"type\":\"Replace\",\"content\":\"\",\"pattern\":{\"Regex\":\"(\"}}", "normalizer.pattern.Regex", "(")]
    [InlineData("\"normalizer\": null", "\"normalizer\": {\"type\":\"Precompiled\",\"precompiled_charsmap\":\"AAAA\"}", "normalizer.precompiled_charsmap", "AAAA")]
    [InlineData("\"normalizer\": null", "\"normalizer\": {\"type\":\"Precompiled\",\"precompiled_charsmap\":\"/////w==\"}", "normalizer.precompiled_charsmap", "/////w==")]
    [InlineData("\"add_prefix_space\":false", "\"add_prefix_space\":\"no\"", "pre_tokenizer.add_prefix_space", "no")]
    [InlineData("\"post_processor\": null", "\"post_processor\": {\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"[X]\",\"type_id\":0}}],\"pair\":[],\"special_tokens\":{}}", "post_processor.single[0].SpecialToken.id", "[X]")]
    [InlineData("\"post_processor\": null", "\"post_processor\": {\"type\":\"BertProcessing\",\"sep\":\"[SEP]\"}", "post_processor.sep", "[SEP]")]
    [InlineData("\"id\":262", "\"id\":-5", "added_tokens[0].id", "-5")]
    [InlineData("\"hello\":259", "\"\\udc00\":259", "model.vocab", "")]
    [InlineData("\"content\":\"<|end|>\"", "\"content\":\"\\ud800\"", "added_tokens[0].content", "ud800")]
    [InlineData("\"added_tokens\"", "\"truncation\":{\"max_length\":5,\"stride\":0,\"strategy\":\"Sideways\"},\"added_tokens\"", "truncation.strategy", "Sideways")]
    [InlineData("\"added_tokens\"", "\"padding\":{\"strategy\":{\"Fixed\":4000000000}},\"added_tokens\"", "padding.strategy.Fixed", "4000000000")]
    public void What_is_wrong_is_named(string part, string replacement, string field, string value)
    {
        string json = TestTokenizers.ByteLevelJson();
        Assert.Contains(part, json, StringComparison.Ordinal);
        string broken = json.Replace(part, replacement, StringComparison.Ordinal);
        var error = Assert.Throws<InvalidTokenizerException>(() => TestTokenizers.Parse(broken));
        Assert.Equal(field, error.Field);
        Assert.Contains(value, error.Message, StringComparison.Ordinal);
        Assert.Contains("expected ", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 1, 400);
    }

    [Theory]
    [InlineData("{\"type\":\"Unigram\",\"unk_id\":5,\"vocab\":[[\"a\",0]]}", "model.unk_id")]
    [InlineData("{\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":[[\"a\"]]}", "model.vocab[0]")]
    [InlineData("{\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":[[\"a\",\"b\"]]}", "model.vocab[0][1]")]
    [InlineData("{\"type\":\"WordPiece\",\"vocab\":[],\"max_input_chars_per_word\":5}", "model.vocab")]
    [InlineData("{\"type\":\"WordPiece\",\"vocab\":{},\"max_input_chars_per_word\":\"5\"}", "model.max_input_chars_per_word")]
    [InlineData("{\"type\":\"BPE\",\"vocab\":{},\"merges\":[],\"dropout\":0.5}", "model.dropout")]
    [InlineData("{\"type\":\"BPE\",\"vocab\":{}}", "model.merges")]
    [InlineData("[]", "model")]
    public void A_wrong_model_is_named(string model, string field) => Assert.Equal(
        field,
        Assert.Throws<InvalidTokenizerException>(() => TestTokenizers.Parse($"{{\"model\":{model}}}")).Field);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("not json")]
    public void What_is_no_tokenizer_at_all_is_refused(string json) =>
        Assert.Throws<InvalidTokenizerException>(() => TestTokenizers.Parse(json));

    [Fact]
    public void Every_beginning_of_a_file_is_refused_and_the_file_named()
    {
        byte[] json = System.Text.Encoding.UTF8.GetBytes(TestTokenizers.ByteLevelJson().TrimEnd());
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        try
        {
            File.WriteAllBytes(path, json[..(json.Length / 2)]);
            Assert.Contains(path, Assert.Throws<InvalidTokenizerException>(() => Tokenizer.Load(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }

        for (int length = 0; length < json.Length; length += 7)
        {
            Assert.Throws<InvalidTokenizerException>(() => Tokenizer.Parse(json.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Changed_bytes_never_cause_another_error()
    {
        byte[] json = System.Text.Encoding.UTF8.GetBytes(TestTokenizers.ByteLevelJson());
        var random = new Random(17);
        for (int round = 0; round < 2000; round++)
        {
            byte[] broken = [.. json];
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                broken[random.Next(broken.Length)] = (byte)random.Next(' ', 256);
            }

            try
            {
                Tokenizer.Parse(broken).EncodeIds("hello wörld <|end|>");
            }
            catch (Exception error) when (error is InvalidTokenizerException or TokenizationException)
            {
                Assert.NotEmpty(error.Message);
            }
        }
    }

    [Fact]
    public void A_byte_order_mark_does_no_harm() =>
        Assert.Equal([259], TestTokenizers.Parse("\uFEFF" + TestTokenizers.ByteLevelJson()).EncodeIds("hello"));
}
