using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlmPlatform.Tokenization.Tests.Golden;

/// <summary>Whole tokenizers with values of the wrong kind in random places: they are refused by name, or they work.</summary>
[Trait("Category", "Golden")]
public class MutatedTokenizerTests
{
    private const int Rounds = 20;

    private static readonly string[] Values =
        ["null", "-1", "0", "3", "1000000000000", "0.5", "true", "\"\"", "\"x\"", "\"[UNK]\"", "[]", "{}", "[[]]", "[\"a\",1]", "{\"type\":\"Sequence\"}"];

    public static TheoryData<string?> Files => [.. GoldenCases.Files("synthetic", "*.tokenizer.json")];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_wrong_value_gives_a_clear_error_or_none(string? file)
    {
        byte[] json = File.ReadAllBytes(GoldenCases.PathOf("synthetic", file ?? ""));
        var random = new Random(json.Length);
        for (int round = 0; round < Rounds; round++)
        {
            JsonNode root = JsonNode.Parse(json)!;
            string place = Mutate(root, random);
            try
            {
                Use(Tokenizer.Parse(JsonSerializer.SerializeToUtf8Bytes(root)));
            }
            catch (Exception error) when (error is InvalidTokenizerException or TokenizationException)
            {
                Assert.NotEmpty(error.Message);
            }
            catch (Exception error)
            {
                Assert.Fail($"{place}: {error}");
            }
        }
    }

    private static void Use(Tokenizer tokenizer)
    {
        const string Text = " Hello wörld!  <s> 안녕하세요 𝄞\n";
        int[] ids = tokenizer.EncodeIds(Text);
        Assert.Equal(ids, tokenizer.Encode(Text).Ids);
        tokenizer.Decode(ids);
        tokenizer.Encode(
            EncodeInput.FromText(Text, "pair"),
            new EncodeOptions { Truncation = tokenizer.FileTruncation, Padding = tokenizer.FilePadding });
    }

    // Walks down at random, seldom into the vocabulary, and replaces what it ends at. Returns where that was.
    private static string Mutate(JsonNode root, Random random)
    {
        JsonNode node = root;
        while (true)
        {
            (Action<JsonNode?> Set, JsonNode? Child)[] children = node switch
            {
                JsonObject parent => [.. parent.Where(entry => entry.Key is not "vocab" || random.Next(4) == 0)
                    .Select(entry => ((Action<JsonNode?>)(value => parent[entry.Key] = value), entry.Value))],
                JsonArray list => [.. list.Select((item, i) => ((Action<JsonNode?>)(value => list[i] = value), item))],
                _ => [],
            };
            (Action<JsonNode?> set, JsonNode? child) = children[random.Next(children.Length)];
            bool isLeaf = child is not (JsonObject { Count: > 0 } or JsonArray { Count: > 0 });
            if (isLeaf || random.Next(5) == 0)
            {
                string place = child?.GetPath() ?? node.GetPath();
                string value = Values[random.Next(Values.Length)];
                set(JsonNode.Parse(value));
                return $"{place} = {value}";
            }

            node = child!;
        }
    }
}
