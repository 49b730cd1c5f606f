using System.Text;
using LlmPlatform.Tokenization.Models;

namespace LlmPlatform.Tokenization.Tests;

/// <summary>Small tokenizers made in code.</summary>
internal static class TestTokenizers
{
    /// <summary>A byte-level BPE tokenizer with all 256 bytes and a few merges.</summary>
    public static Tokenizer ByteLevel() => Parse(ByteLevelJson());

    public static string ByteLevelJson(string addedTokens = """[{"id":262,"content":"<|end|>","special":true,"normalized":false}]""")
    {
        var vocabulary = new StringBuilder();
        for (int value = 0; value < 256; value++)
        {
            char character = (char)Tokenization.Unicode.ByteAlphabet.Character((byte)value);
            vocabulary.Append(value == 0 ? "" : ",").Append(System.Text.Json.JsonSerializer.Serialize(character.ToString())).Append(':').Append(value);
        }

        return $$"""
            {
              "added_tokens": {{addedTokens}},
              "normalizer": null,
              "pre_tokenizer": {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true},
              "post_processor": null,
              "decoder": {"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true},
              "model": {
                "type": "BPE",
                "vocab": { {{vocabulary}}, "he":256, "ll":257, "hell":258, "hello":259, "Ġw":260, "ê°":261 },
                "merges": ["h e", "l l", ["he", "ll"], "hell o", "Ġ w", "ê °"]
              }
            }
            """;
    }

    public static Tokenizer Parse(string json) => Tokenizer.Parse(System.Text.Encoding.UTF8.GetBytes(json));

    public static Vocabulary Vocabulary(params string[] pieces) =>
        new(pieces.Select((piece, id) => (piece, id)).ToDictionary(entry => entry.piece, entry => entry.id, StringComparer.Ordinal));

    /// <summary>Random text that mixes scripts, spaces, marks, emoji and control characters; no lone surrogates.</summary>
    public static string RandomText(Random random, int length)
    {
        var text = new StringBuilder();
        for (int i = 0; i < length; i++)
        {
            int codePoint = random.Next(8) switch
            {
                0 => ' ',
                1 or 2 => random.Next('a', 'z' + 1),
                3 => random.Next(0xAC00, 0xD7A4),
                4 => random.Next(0x300, 0x370),
                5 => random.Next(0x1F300, 0x1F700),
                6 => random.Next(0, 0x80),
                _ => random.Next(0, 0x110000),
            };
            text.Append(codePoint is >= 0xD800 and <= 0xDFFF ? "\u3042" : char.ConvertFromUtf32(codePoint));
        }

        return text.ToString();
    }
}
