using System.Text.Json.Nodes;
using LlmPlatform.Training.Data;

namespace LlmPlatform.Training.Tests.Data.Golden;

[Trait("Category", "Golden")]
public sealed class SftGoldenTests
{
    private const string File = "sft.json";
    private const int BatchSize = 3;

    public static TheoryData<int, string> Cases => CollationData.Cases(File, CollationData.Describe);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rows_and_batches_are_the_trainers(int number, string name)
    {
        Assert.NotEmpty(name);
        JsonObject test = CollationData.Case(File, number);
        JsonObject settings = test["options"]!.AsObject();
        SftOptions options = Options(settings);
        DataTokenizer tokenizer = CollationData.Tokenizer((string)test["tokenizer"]!);
        SftRows rows = new(tokenizer, options);
        List<SftExample> prepared = [.. CollationData.Rows((string)test["format"]!)
            .Select(row => SftData.Prepare(rows.Encode(row), options)).OfType<SftExample>()];
        if (options.Packing is { } strategy)
        {
            prepared = Packing.Pack(prepared, options.MaxLength!.Value, strategy);
        }

        JsonArray expected = test["prepared"]!.AsArray();
        Assert.Equal(expected.Count, prepared.Count);
        for (int i = 0; i < prepared.Count; i++)
        {
            Assert.Equal(CollationData.Ints(expected[i]!["input_ids"]), prepared[i].InputIds);
            Assert.Equal(CollationData.Ints(expected[i]!["labels"]), prepared[i].Labels);
            Assert.Equal(expected[i]!["seq_lengths"] is { } lengths ? CollationData.Ints(lengths) : null, prepared[i].SequenceLengths);
        }

        SftCollator collator = new(tokenizer.PadId, (int?)settings["pad_to_multiple_of"] ?? 1, (bool?)settings["padding_free"] ?? false);
        JsonArray batches = test["batches"]!.AsArray();
        for (int i = 0; i < batches.Count; i++)
        {
            Compare(batches[i]!.AsObject(), collator.Collate([.. prepared.Skip(i * BatchSize).Take(BatchSize)]));
        }
    }

    private static void Compare(JsonObject expected, SftBatch batch)
    {
        Assert.Equal(expected["input_ids"]!.AsArray().Count, batch.Rows);
        Assert.Equal(CollationData.Flat(expected["input_ids"]), batch.InputIds);
        Assert.Equal(CollationData.Flat(expected["labels"]), batch.Labels);
        Assert.Equal(batch.Rows * batch.Length, batch.InputIds.Length);
        Assert.Equal(expected["attention_mask"] is { } mask ? CollationData.Flat(mask) : null, batch.AttentionMask);
        Assert.Equal(expected["position_ids"] is { } positions ? CollationData.Flat(positions) : null, batch.PositionIds);
        if (expected["cu_seq_lens_q"] is not { } starts)
        {
            Assert.Null(batch.SequenceStarts);
            return;
        }

        Assert.Equal(CollationData.Ints(starts), batch.SequenceStarts);
        Assert.Equal(CollationData.Ints(expected["cu_seq_lens_k"]), batch.SequenceStarts);
        int[] lengths = [.. batch.SequenceStarts!.Zip(batch.SequenceStarts!.Skip(1), (start, end) => end - start)];
        Assert.Equal((int)expected["max_length_q"]!, lengths.Max());
        Assert.Equal(CollationData.Flat(expected["seq_idx"]), lengths.SelectMany((length, i) => Enumerable.Repeat((long)i, length)));
    }

    private static SftOptions Options(JsonObject settings) => new()
    {
        MaxLength = settings.ContainsKey("max_length") ? (int?)settings["max_length"] : 1024,
        TruncationMode = (string?)settings["truncation_mode"] == "keep_end" ? TruncationMode.KeepEnd : TruncationMode.KeepStart,
        CompletionOnlyLoss = (bool?)settings["completion_only_loss"],
        AssistantOnlyLoss = (bool?)settings["assistant_only_loss"] ?? false,
        Packing = (bool?)settings["packing"] != true ? null : Strategy((string)settings["packing_strategy"]!),
    };

    internal static PackingStrategy Strategy(string name) => name switch
    {
        "bfd" => PackingStrategy.Bfd,
        "bfd_split" => PackingStrategy.BfdSplit,
        "wrapped" => PackingStrategy.Wrapped,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "not a strategy"),
    };
}
