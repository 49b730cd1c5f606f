using System.Text.Json.Nodes;
using LlmPlatform.Training.Data;

namespace LlmPlatform.Training.Tests.Data.Golden;

[Trait("Category", "Golden")]
public sealed class FunctionGoldenTests
{
    private const string File = "functions.json";

    public static TheoryData<int, string> Cases => CollationData.Cases(File, test => (string)test["function"]!);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Functions_give_the_librarys_results(int number, string function)
    {
        JsonObject test = CollationData.Case(File, number);
        JsonNode input = test["input"]!;
        JsonNode output = test["output"]!;
        switch (function)
        {
            case "extract_prompt":
                Equal(output, ExtractPrompt(input.AsObject()));
                break;
            case "unpair_preference_dataset":
                Equal(output, new JsonArray([.. UnpairedRows.Unpair([.. input.AsArray().Select(row => row!.AsObject())])]));
                break;
            case "is_conversational":
                Assert.Equal((bool)output, ChatMl.IsConversational(input.AsObject()));
                break;
            case "apply_chat_template":
                Equal(output, ChatText.Apply(CollationData.Tokenizer(), input.AsObject()));
                break;
            case "maybe_convert_to_chatml":
                ChatMl.Convert(input.AsObject());
                Equal(output, input);
                break;
            case "pack_dataset":
                Pack(test, input, output);
                break;
            case "common_prefix_length":
                Assert.Equal((int)output, Prefixes.Common(CollationData.Ints(input[0]), CollationData.Ints(input[1])));
                break;
            case "group_texts":
                Assert.Equal(
                    output.AsArray().Select(CollationData.Ints),
                    TextBlocks.Group(input.AsArray().Select(CollationData.Ints), (int)test["block_size"]!).Select(block => block.InputIds));
                break;
            default:
                Assert.Fail($"a function that no rule is known for: {function}");
                break;
        }
    }

    private static void Pack(JsonObject test, JsonNode input, JsonNode output)
    {
        SftExample[] rows = [.. input.AsArray().Select(row => new SftExample(CollationData.Ints(row), CollationData.Ints(row)))];
        List<SftExample> packed = Packing.Pack(rows, (int)test["seq_length"]!, SftGoldenTests.Strategy((string)test["strategy"]!));
        Assert.Equal(output["input_ids"]!.AsArray().Select(CollationData.Ints), packed.Select(row => row.InputIds));
        Assert.Equal(packed.Select(row => row.InputIds), packed.Select(row => row.Labels));
        int[]?[] lengths = [.. output["seq_lengths"]?.AsArray().Select(CollationData.Ints) ?? packed.Select(_ => (int[]?)null)];
        Assert.Equal(lengths, packed.Select(row => row.SequenceLengths));
    }

    private static JsonObject ExtractPrompt(JsonObject input)
    {
        PreferencePair pair = PreferencePair.ExtractPrompt(RowText.Read(input, "chosen"), RowText.Read(input, "rejected"));
        return new JsonObject { ["prompt"] = pair.Prompt.ToNode(), ["chosen"] = pair.Chosen.ToNode(), ["rejected"] = pair.Rejected.ToNode() };
    }

    private static void Equal(JsonNode expected, JsonNode actual) =>
        Assert.True(JsonNode.DeepEquals(expected, actual), $"expected {expected.ToJsonString()}, found {actual.ToJsonString()}");
}
