using System.Text.Json.Nodes;

namespace LlmPlatform.Training.Data;

/// <summary>Pairs of answers as single answers that are good or not.</summary>
internal static class UnpairedRows
{
    /// <summary>
    /// TRL's <c>unpair_preference_dataset</c>: every better answer with the label true, then every worse one with false, in
    /// groups of <see cref="Packing.GroupSize"/> rows as its mapping over a dataset makes them.
    /// </summary>
    public static IEnumerable<JsonObject> Unpair(IEnumerable<JsonObject> rows)
    {
        foreach (JsonObject[] group in rows.Chunk(Packing.GroupSize))
        {
            foreach ((string answer, bool label) in new[] { ("chosen", true), ("rejected", false) })
            {
                foreach (JsonObject row in group)
                {
                    yield return Single(row, answer, label);
                }
            }
        }
    }

    private static JsonObject Single(JsonObject row, string answer, bool label)
    {
        JsonObject single = [];
        foreach ((string name, JsonNode? value) in row)
        {
            if (name is not ("chosen" or "rejected"))
            {
                single[name] = value?.DeepClone();
            }
        }

        single["completion"] = row[answer]?.DeepClone();
        single["label"] = label;
        return single;
    }
}
