using System.Text.Json.Nodes;
using LlmPlatform.Training.Data;

namespace LlmPlatform.Training.Tests.Data.Golden;

[Trait("Category", "Golden")]
public sealed class DpoGoldenTests
{
    private const string File = "dpo.json";
    private const int BatchSize = 3;

    public static TheoryData<int, string> Cases => CollationData.Cases(File, CollationData.Describe);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rows_and_batches_are_the_trainers(int number, string name)
    {
        Assert.NotEmpty(name);
        JsonObject test = CollationData.Case(File, number);
        JsonObject settings = test["options"]!.AsObject();
        PreferenceOptions options = new()
        {
            MaxLength = settings.ContainsKey("max_length") ? (int?)settings["max_length"] : 1024,
            TruncationMode = (string?)settings["truncation_mode"] == "keep_end" ? TruncationMode.KeepEnd : TruncationMode.KeepStart,
        };
        DataTokenizer tokenizer = CollationData.Tokenizer((string)test["tokenizer"]!);
        List<PreferenceExample> prepared = [.. CollationData.Rows((string)test["format"]!)
            .Select(row => PreferenceData.Keep(PreferenceData.Encode(row, tokenizer), options)).OfType<PreferenceExample>()];

        JsonArray expected = test["prepared"]!.AsArray();
        Assert.Equal(expected.Count, prepared.Count);
        for (int i = 0; i < prepared.Count; i++)
        {
            Assert.Equal(CollationData.Ints(expected[i]!["prompt_ids"]), prepared[i].PromptIds);
            Assert.Equal(CollationData.Ints(expected[i]!["chosen_ids"]), prepared[i].ChosenIds);
            Assert.Equal(CollationData.Ints(expected[i]!["rejected_ids"]), prepared[i].RejectedIds);
        }

        PreferenceCollator collator = new(tokenizer.PadId, options, (int?)settings["pad_to_multiple_of"] ?? 1);
        JsonArray batches = test["batches"]!.AsArray();
        for (int i = 0; i < batches.Count; i++)
        {
            PreferenceBatch batch = collator.Collate([.. prepared.Skip(i * BatchSize).Take(BatchSize)]);
            Assert.Equal(batches[i]!["input_ids"]!.AsArray().Count, 2 * batch.Pairs);
            Assert.Equal(2 * batch.Pairs * batch.Length, batch.InputIds.Length);
            Assert.Equal(CollationData.Flat(batches[i]!["input_ids"]), batch.InputIds);
            Assert.Equal(CollationData.Flat(batches[i]!["attention_mask"]), batch.AttentionMask);
            Assert.Equal(CollationData.Flat(batches[i]!["completion_mask"]), batch.CompletionMask);
        }
    }
}
