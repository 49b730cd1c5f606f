using System.Text.Json;
using LlmPlatform.Tokenization.Json;
using LlmPlatform.Tokenization.Tests.Golden;

namespace LlmPlatform.Tokenization.Tests.Decoders;

public class DecoderTests
{
    [Theory]
    [InlineData("""{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true}""", "Ġê|°|Ģ|日", " 가日")]
    [InlineData("""{"type":"WordPiece","prefix":"##","cleanup":true}""", "do|n|'|t|un|##able|!", "do n ' t unable!")]
    [InlineData("""{"type":"WordPiece","prefix":"##","cleanup":false}""", "a|!", "a !")]
    [InlineData("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}""", "▁a|▁b▁", "a b ")]
    [InlineData("""{"type":"BPEDecoder","suffix":"</w>"}""", "a</w>|b</w>", "a b")]
    [InlineData("""{"type":"ByteFallback"}""", "<0xEA>|<0xB0>|<0x80>|a|<0xEA>", "가a\uFFFD")]
    [InlineData("""{"type":"ByteFallback"}""", "<0x+A>|<0xZZ>|<0x4>", "\n<0xZZ><0x4>")]
    [InlineData("""{"type":"Strip","content":"_","start":1,"stop":1}""", "__a_|b", "_ab")]
    [InlineData("""{"type":"Replace","pattern":{"String":"▁"},"content":" "}""", "▁a▁|▁", " a  ")]
    [InlineData("""{"type":"CTC","pad_token":"<pad>","word_delimiter_token":"|","cleanup":true}""", "a,a,<pad>,a,|,b", "aa b")]
    [InlineData("""{"type":"Sequence","decoders":[{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]}""", " a| b", "a b")]
    public void Text_is_as_described(string config, string tokens, string expected)
    {
        char separator = tokens.Contains(',', StringComparison.Ordinal) ? ',' : '|';
        JsonField field = Components.Field(JsonDocument.Parse(config).RootElement);
        Assert.Equal(expected, string.Concat(DecoderReader.Read(field).Decode([.. tokens.Split(separator)])));
    }

    [Fact]
    public void Strip_refuses_tokens_that_are_too_short()
    {
        JsonField field = Components.Field(JsonDocument.Parse("""{"type":"Strip","content":"_","start":0,"stop":2}""").RootElement);
        Assert.Throws<TokenizationException>(() => DecoderReader.Read(field).Decode(["_"]));
    }
}
