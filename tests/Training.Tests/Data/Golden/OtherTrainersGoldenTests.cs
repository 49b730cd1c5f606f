using System.Text.Json.Nodes;
using LlmPlatform.Training.Data;

namespace LlmPlatform.Training.Tests.Data.Golden;

[Trait("Category", "Golden")]
public sealed class OtherTrainersGoldenTests
{
    private const int BatchSize = 3;

    public static TheoryData<int, string> Kto => CollationData.Cases("kto.json", CollationData.Describe);

    public static TheoryData<int, string> Reward => CollationData.Cases("reward.json", CollationData.Describe);

    public static TheoryData<int, string> ReferenceFree => CollationData.Cases("cpo_orpo.json", CollationData.Describe);

    public static TheoryData<int, string> Grpo => CollationData.Cases("grpo_prompts.json", CollationData.Describe);

    [Theory]
    [MemberData(nameof(Kto))]
    public void Single_answers_are_KTOTrainers(int number, string name)
    {
        Assert.NotEmpty(name);
        (JsonObject test, JsonObject settings, DataTokenizer tokenizer) = Case("kto.json", number);
        PreferenceOptions options = new() { MaxLength = (int?)settings["max_length"] ?? 1024 };
        int? group = (string?)settings["loss_type"] == "apo_zero_unpaired" ? null : (int)settings["per_device_train_batch_size"]!;
        List<UnpairedExample> prepared = UnpairedData.Prepare(CollationData.Rows((string)test["format"]!), tokenizer, options, group);
        JsonArray expected = test["prepared"]!.AsArray();
        Assert.Equal(expected.Count, prepared.Count);
        for (int i = 0; i < prepared.Count; i++)
        {
            Assert.Equal(CollationData.Ints(expected[i]!["prompt_ids"]), prepared[i].PromptIds);
            Assert.Equal(CollationData.Ints(expected[i]!["completion_ids"]), prepared[i].CompletionIds);
            Assert.Equal(expected[i]!["KL_completion_ids"] is { } kl ? CollationData.Ints(kl) : null, prepared[i].KlCompletionIds);
            Assert.Equal((bool)expected[i]!["label"]!, prepared[i].Label);
        }

        UnpairedCollator collator = new(tokenizer.PadId, options);
        foreach ((JsonNode expectedBatch, UnpairedExample[] rows) in Batches(test, prepared))
        {
            UnpairedBatch batch = collator.Collate(rows);
            Same(expectedBatch, "", batch.Ids, batch.CompletionMask, "completion_mask");
            Assert.Equal(CollationData.Ints(expectedBatch["label"]).Select(label => label == 1), batch.Labels);
            Assert.Equal(expectedBatch["KL_input_ids"] is null, batch.Kl is null);
            if (batch.Kl is { } kl)
            {
                Same(expectedBatch, "KL_", kl, batch.KlCompletionMask!, "KL_completion_mask");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Reward))]
    public void Scored_answers_are_RewardTrainers(int number, string name)
    {
        Assert.NotEmpty(name);
        (JsonObject test, JsonObject settings, DataTokenizer tokenizer) = Case("reward.json", number);
        List<RewardExample> prepared = [.. CollationData.Rows((string)test["format"]!)
            .Select(row => RewardData.Prepare(row, tokenizer, (int?)settings["max_length"] ?? 1024)).OfType<RewardExample>()];
        JsonArray expected = test["prepared"]!.AsArray();
        Assert.Equal(expected.Count, prepared.Count);
        for (int i = 0; i < prepared.Count; i++)
        {
            Assert.Equal(CollationData.Ints(expected[i]!["chosen_ids"]), prepared[i].ChosenIds);
            Assert.Equal(CollationData.Ints(expected[i]!["rejected_ids"]), prepared[i].RejectedIds);
            Assert.Equal((double?)expected[i]!["margin"], prepared[i].Margin);
        }

        foreach ((JsonNode expectedBatch, RewardExample[] rows) in Batches(test, prepared))
        {
            PaddedIds batch = RewardData.Collate(rows, tokenizer.PadId);
            Assert.Equal(CollationData.Flat(expectedBatch["input_ids"]), batch.InputIds);
            Assert.Equal(CollationData.Flat(expectedBatch["attention_mask"]), batch.AttentionMask);
        }
    }

    [Theory]
    [MemberData(nameof(ReferenceFree))]
    public void Pairs_without_a_reference_are_CPOTrainers(int number, string name)
    {
        Assert.NotEmpty(name);
        (JsonObject test, JsonObject settings, DataTokenizer tokenizer) = Case("cpo_orpo.json", number);
        List<ReferenceFreeExample> prepared = [.. CollationData.Rows((string)test["format"]!)
            .Select(row => ReferenceFreeData.Encode(row, tokenizer, (int?)settings["max_length"] ?? 1024))];
        JsonArray expected = test["prepared"]!.AsArray();
        Assert.Equal(expected.Count, prepared.Count);
        for (int i = 0; i < prepared.Count; i++)
        {
            Assert.Equal(CollationData.Ints(expected[i]!["prompt_input_ids"]), prepared[i].PromptIds);
            Assert.Equal(CollationData.Ints(expected[i]!["chosen_input_ids"]), prepared[i].Chosen.InputIds);
            Assert.Equal(CollationData.Ints(expected[i]!["chosen_labels"]), prepared[i].Chosen.Labels);
            Assert.Equal(CollationData.Ints(expected[i]!["rejected_input_ids"]), prepared[i].Rejected.InputIds);
            Assert.Equal(CollationData.Ints(expected[i]!["rejected_labels"]), prepared[i].Rejected.Labels);
        }

        JsonArray concatenated = test["concatenated"]!.AsArray();
        int at = 0;
        foreach ((JsonNode expectedBatch, ReferenceFreeExample[] rows) in Batches(test, prepared))
        {
            PaddedIds prompts = PaddedIds.Pad([.. rows.Select(row => row.PromptIds)], tokenizer.PadId, left: true);
            Assert.Equal(CollationData.Flat(expectedBatch["prompt_input_ids"]), prompts.InputIds);
            Assert.Equal(CollationData.Flat(expectedBatch["prompt_attention_mask"]), prompts.AttentionMask);
            SameLabelled(expectedBatch, "chosen_", [.. rows.Select(row => row.Chosen)], tokenizer.PadId);
            SameLabelled(expectedBatch, "rejected_", [.. rows.Select(row => row.Rejected)], tokenizer.PadId);
            SameLabelled(
                concatenated[at++]!, "concatenated_", [.. rows.Select(row => row.Chosen), .. rows.Select(row => row.Rejected)], tokenizer.PadId);
        }
    }

    [Theory]
    [MemberData(nameof(Grpo))]
    public void Prompts_are_GRPOTrainers(int number, string name)
    {
        Assert.NotEmpty(name);
        (JsonObject test, _, DataTokenizer tokenizer) = Case("grpo_prompts.json", number);
        int[][] prompts = [.. CollationData.Rows((string)test["format"]!).Select(row => PromptData.Encode(row, tokenizer))];
        Assert.Equal(test["prompt_ids"]!.AsArray().Select(CollationData.Ints), prompts);
        PaddedIds batch = PaddedIds.Pad(prompts, tokenizer.PadId, left: true);
        Assert.Equal(CollationData.Flat(test["padded"]), batch.InputIds);
        Assert.Equal(CollationData.Flat(test["mask"]), batch.AttentionMask);
    }

    private static (JsonObject Test, JsonObject Settings, DataTokenizer Tokenizer) Case(string file, int number)
    {
        JsonObject test = CollationData.Case(file, number);
        return (test, test["options"] as JsonObject ?? [], CollationData.Tokenizer((string)test["tokenizer"]!));
    }

    private static IEnumerable<(JsonNode Expected, T[] Rows)> Batches<T>(JsonObject test, List<T> prepared) =>
        test["batches"]!.AsArray().Select((batch, i) => (batch!, prepared.Skip(i * BatchSize).Take(BatchSize).ToArray()));

    private static void Same(JsonNode expected, string prefix, PaddedIds ids, long[] mask, string maskName)
    {
        Assert.Equal(CollationData.Flat(expected[prefix + "input_ids"]), ids.InputIds);
        Assert.Equal(CollationData.Flat(expected[prefix + "attention_mask"]), ids.AttentionMask);
        Assert.Equal(CollationData.Flat(expected[maskName]), mask);
    }

    private static void SameLabelled(JsonNode expected, string prefix, SftExample[] rows, int padId)
    {
        (PaddedIds ids, long[] labels) = ReferenceFreeData.Collate(rows, padId);
        Same(expected, prefix, ids, labels, prefix + "labels");
    }
}
