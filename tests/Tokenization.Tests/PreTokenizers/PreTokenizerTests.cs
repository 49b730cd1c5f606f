using System.Text.Json;
using LlmPlatform.Tokenization.Json;
using LlmPlatform.Tokenization.Tests.Golden;
using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Tests.PreTokenizers;

public class PreTokenizerTests
{
    [Theory]
    [InlineData("""{"type":"Split","pattern":{"String":"-"},"behavior":"Removed","invert":false}""", "a-b", "a|b")]
    [InlineData("""{"type":"Split","pattern":{"String":"-"},"behavior":"Isolated","invert":false}""", "a--b", "a|-|-|b")]
    [InlineData("""{"type":"Split","pattern":{"String":"-"},"behavior":"Contiguous","invert":false}""", "a--b", "a|--|b")]
    [InlineData("""{"type":"Split","pattern":{"String":"-"},"behavior":"MergedWithPrevious","invert":false}""", "a--b", "a-|-|b")]
    [InlineData("""{"type":"Split","pattern":{"String":"-"},"behavior":"MergedWithNext","invert":false}""", "a--b", "a|-|-b")]
    [InlineData("""{"type":"Split","pattern":{"Regex":"[a-z]+"},"behavior":"Removed","invert":true}""", "ab12c", "ab|c")]
    [InlineData("""{"type":"Metaspace","replacement":"_","prepend_scheme":"always","split":true}""", "a b", "_a|_b")]
    [InlineData("""{"type":"Metaspace","replacement":"_","prepend_scheme":"never","split":true}""", "a b", "a|_b")]
    [InlineData("""{"type":"Metaspace","replacement":"_","prepend_scheme":"first","split":false}""", "a b", "_a_b")]
    [InlineData("""{"type":"Metaspace","replacement":"_","add_prefix_space":false}""", "a b", "a|_b")]
    [InlineData("""{"type":"Digits","individual_digits":true}""", "a12", "a|1|2")]
    [InlineData("""{"type":"Digits","individual_digits":false}""", "a12b", "a|12|b")]
    [InlineData("""{"type":"Whitespace"}""", "ab!? c", "ab|!?|c")]
    [InlineData("""{"type":"WhitespaceSplit"}""", "ab!\u3000 c", "ab!|c")]
    [InlineData("""{"type":"BertPreTokenizer"}""", "Hey, you", "Hey|,|you")]
    [InlineData("""{"type":"Punctuation"}""", "a!!b", "a|!|!|b")]
    [InlineData("""{"type":"CharDelimiterSplit","delimiter":"x"}""", "axxb", "a|b")]
    [InlineData("""{"type":"UnicodeScripts"}""", "abあ漢ー가", "ab|あ漢ー|가")]
    [InlineData("""{"type":"FixedLength","length":2}""", "a𝄞b", "a𝄞|b")]
    [InlineData("""{"type":"ByteLevel","add_prefix_space":true}""", "don't go", "Ġdon|'t|Ġgo")]
    [InlineData("""{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},{"type":"Digits"}]}""", "a1 2b", "a|1|2|b")]
    public void Pieces_are_as_described(string config, string text, string expected)
    {
        PreTokenizedText preTokenized = Components.PreTokenized(text);
        PreTokenizerReader.Read(Components.Field(JsonDocument.Parse(config).RootElement)).PreTokenize(preTokenized);
        var pieces = new List<string>();
        foreach (Split split in preTokenized.Splits)
        {
            pieces.Add(CodePoints.Encode(preTokenized.Text.CodePoints[split.Start..split.End]));
        }

        Assert.Equal(expected.Split('|'), pieces);
    }
}
