using System.Text.Json.Nodes;
using LlmPlatform.Modeling;
using LlmPlatform.Training.Data;
using LlmPlatform.Training.Objectives;

namespace LlmPlatform.Training.Tests.Golden;

/// <summary>Batches of run.json.</summary>
internal static class TrajectoryBatches
{
    public static LanguageBatch Language(JsonNode batch)
    {
        long[] shape = Reference.Shape(batch["input_ids"]);
        return new LanguageBatch(
            (int)shape[0],
            (int)shape[1],
            Reference.Ids(batch["input_ids"]),
            Reference.Ids(batch["labels"]),
            Optional(batch["attention_mask"]),
            Optional(batch["position_ids"]),
            Optional(batch["token_type_ids"]));
    }

    public static ReferencedPairs Referenced(LanguageModel model, JsonNode batch)
    {
        long[] shape = Reference.Shape(batch["input_ids"]);
        PreferenceBatch pairs = new(
            (int)shape[0] / 2,
            (int)shape[1],
            Reference.Ids(batch["input_ids"]),
            Reference.Ids(batch["attention_mask"]),
            Reference.Ids(batch["completion_mask"]));
        (float[] chosen, float[] rejected) = batch["ref_chosen_logps"] is null
            ? PreferenceObjective.LogProbabilities(model, pairs)
            : (Floats(batch["ref_chosen_logps"]), Floats(batch["ref_rejected_logps"]));
        return new ReferencedPairs(pairs, chosen, rejected);
    }

    public static PairBatch Pairs(JsonNode batch)
    {
        List<PaddedIds> columns = [];
        for (int i = 0; batch[$"column{i}.input_ids"] is { } ids; i++)
        {
            long[] shape = Reference.Shape(ids);
            columns.Add(new PaddedIds((int)shape[0], (int)shape[1], Reference.Ids(ids), Reference.Ids(batch[$"column{i}.attention_mask"])));
        }

        return new PairBatch(columns[0], columns[1], columns[2..]);
    }

    private static long[]? Optional(JsonNode? node) => node is null ? null : Reference.Ids(node);

    private static float[] Floats(JsonNode? node) => [.. Reference.Flat(node).Select(value => (float)value)];
}
