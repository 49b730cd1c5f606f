using System.Text.Json;
using LlmPlatform.Testing;

namespace LlmPlatform.Tokenization.Tests.Golden;

/// <summary>The tokenizers of the models that the platform is tested with.</summary>
[Trait("Category", "Golden")]
public class ModelFolderGoldenTests
{
    [Fact]
    public void Smollm2_gives_the_reference_tokens()
    {
        Tokenizer tokenizer = Load("smollm2-135m-instruct");
        JsonElement cases = JsonDocument.Parse(
            File.ReadAllBytes(SharedData.Require("golden", "generation", "smollm2", "tokenization.json"))).RootElement;
        foreach (JsonElement line in cases.EnumerateArray())
        {
            string text = line.GetProperty("text").GetString()!;
            int[] ids = ExpectedEncoding.Ids(line.GetProperty("ids"));
            Assert.Equal(ids, tokenizer.EncodeIds(text));
            Encoding encoding = tokenizer.Encode(text);
            Assert.Equal(ids, encoding.Ids);
            Assert.Equal(line.GetProperty("tokens").Deserialize<string[]>()!, encoding.Tokens);
            Assert.Equal(line.GetProperty("decoded").GetString(), tokenizer.Decode(ids, skipSpecialTokens: false));
        }

        GoldenCoverage.Count("generation/smollm2 (tokenization.json)", skipped: false, cases.GetArrayLength());
    }

    [Fact]
    public void MiniLm_gives_the_reference_ids()
    {
        Tokenizer tokenizer = Load("all-minilm-l6-v2");
        CompareIds("embeddings", tokenizer, maxLength: 256, line => line.GetProperty("text").GetString()!);
    }

    [Fact]
    public void Multilingual_e5_gives_the_reference_ids()
    {
        Tokenizer tokenizer = Load("multilingual-e5-small-ko-en");
        CompareIds(
            "embeddings/multilingual-e5",
            tokenizer,
            maxLength: 512,
            line => $"{line.GetProperty("kind").GetString()}: {line.GetProperty("text").GetString()}");
    }

    private static Tokenizer Load(string model) => Tokenizer.Load(SharedData.Require("models", model, "tokenizer.json"));

    private static void CompareIds(string folder, Tokenizer tokenizer, int maxLength, Func<JsonElement, string> text)
    {
        string[] lines = File.ReadAllLines(SharedData.Require(["golden", .. folder.Split('/'), "texts.jsonl"]));
        Assert.NotEmpty(lines);
        foreach (string json in lines)
        {
            using JsonDocument line = JsonDocument.Parse(json);
            int[] expected = ExpectedEncoding.Ids(line.RootElement.GetProperty("ids"));

            // The reference pipeline takes white space off the ends before it tokenizes.
            string input = text(line.RootElement).Trim();
            Assert.Equal(expected, tokenizer.EncodeTruncated(input, maxLength).Ids);
            int[] all = tokenizer.EncodeIds(input);
            Assert.Equal(line.RootElement.GetProperty("tokens_full").GetInt32(), all.Length);
            Assert.Equal(tokenizer.Encode(input).Ids, all);
        }

        GoldenCoverage.Count($"{folder} (texts.jsonl)", skipped: false, lines.Length);
    }
}
