using System.Text.Json.Nodes;
using LlmPlatform.Tokenization;
using LlmPlatform.Training.Data;

namespace LlmPlatform.Training.Tests.Data.Golden;

[Trait("Category", "Golden")]
public sealed class BertGoldenTests
{
    private const string File = "bert.json";

    public static TheoryData<int, string> Cases => CollationData.Cases(File, test => $"{test["kind"]} {test["truncation"]}");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Pairs_and_masks_are_transformers(int number, string name)
    {
        Assert.NotEmpty(name);
        JsonObject test = CollationData.Case(File, number);
        switch ((string)test["kind"]!)
        {
            case "sentence_pairs":
                Pairs(test);
                break;
            case "mlm_batch":
                FollowsTheRule(test);
                break;
            case "mlm_rates":
                HasTheRates(test);
                break;
            default:
                Assert.Fail($"a kind that no rule is known for: {test["kind"]}");
                break;
        }
    }

    private static void Pairs(JsonObject test)
    {
        Tokenizer tokenizer = CollationData.Tokenizer("wordpiece").Tokenizer;
        TruncationStrategy strategy = test["truncation"]!.ToString() switch
        {
            "only_first" => TruncationStrategy.OnlyFirst,
            "only_second" => TruncationStrategy.OnlySecond,
            _ => TruncationStrategy.LongestFirst,
        };
        int? maxLength = test["truncation"]!.ToString() == "false" ? null : (int?)test["max_length"];
        List<TextExample> examples = [];
        foreach (JsonNode? row in test["rows"]!.AsArray())
        {
            TextExample Encode() =>
                TextData.EncodeLine(tokenizer, (string)row!["text_a"]!, (string)row["text_b"]!, maxLength, strategy).Example;
            if (row!["error"] is not null)
            {
                Assert.Throws<TokenizationException>(Encode);
                continue;
            }

            TextExample example = Encode();
            Assert.Equal(CollationData.Ints(row["input_ids"]), example.InputIds);
            Assert.Equal(CollationData.Ints(row["token_type_ids"]), example.TokenTypeIds);
            examples.Add(example);
        }

        MaskedLmBatch batch = new MaskedLmCollator(Options(mlmProbability: 0)).Collate(examples, 0);
        Assert.Equal(CollationData.Flat(test["padded"]!["input_ids"]), batch.InputIds);
        Assert.Equal(CollationData.Flat(test["padded"]!["attention_mask"]), batch.AttentionMask);
        Assert.Equal(CollationData.Flat(test["padded"]!["token_type_ids"]), batch.TokenTypeIds);
    }

    // The reference's own draw shows the rule; ours from the same rows must obey it too.
    private static void FollowsTheRule(JsonObject test)
    {
        MaskedLmOptions options = Options((double)test["mlm_probability"]!);
        TextExample[] rows = [.. test["original"]!.AsArray().Select(row => new TextExample(CollationData.Ints(row)))];
        MaskedLmBatch batch = new MaskedLmCollator(options).Collate(rows, number: 3);
        PaddedIds original = PaddedIds.Pad([.. rows.Select(row => row.InputIds)], options.PadId);
        Obeys(options, original, CollationData.Flat(test["input_ids"]), CollationData.Flat(test["labels"]));
        Obeys(options, original, batch.InputIds, batch.Labels);
        Assert.Equal(original.AttentionMask, batch.AttentionMask);
        Assert.Equal(CollationData.Flat(test["attention_mask"]), batch.AttentionMask);
    }

    private static void Obeys(MaskedLmOptions options, PaddedIds original, long[] ids, long[] labels)
    {
        Assert.Equal(original.InputIds.Length, ids.Length);
        Assert.Contains(labels, label => label != SftExample.Ignored);
        for (int i = 0; i < ids.Length; i++)
        {
            if (labels[i] == SftExample.Ignored)
            {
                Assert.Equal(original.InputIds[i], ids[i]);
            }
            else
            {
                Assert.Equal(original.InputIds[i], labels[i]);
                Assert.DoesNotContain((int)labels[i], options.SpecialIds);
                Assert.InRange(ids[i], 0, options.VocabularySize - 1);
            }
        }
    }

    private static void HasTheRates(JsonObject test)
    {
        JsonNode expected = test["expected"]!;
        double probability = (double)expected["selected"]!;
        MaskedLmOptions options = Options(probability);
        MaskedLmCollator collator = new(options);
        TextExample row = new([2, .. Enumerable.Repeat(100, 118), 3]);
        long eligible = 0;
        long selected = 0;
        long masked = 0;
        long kept = 0;
        for (int number = 0; number < 1000; number++)
        {
            MaskedLmBatch batch = collator.Collate([row], number);
            eligible += 118;
            for (int i = 0; i < batch.Labels.Length; i++)
            {
                if (batch.Labels[i] != SftExample.Ignored)
                {
                    selected++;
                    masked += batch.InputIds[i] == options.MaskId ? 1 : 0;
                    kept += batch.InputIds[i] == 100 ? 1 : 0;
                }
            }
        }

        Near(probability, selected, eligible);
        Near((double)expected["masked"]!, masked, selected);
        Near((double)expected["kept"]!, kept, selected);
        Near((double)expected["random"]!, selected - masked - kept, selected);
    }

    // Five standard deviations, and what the random tokens that happen to be the mask or the same token add.
    private static void Near(double rate, long hits, long draws) =>
        Assert.InRange((double)hits / draws, rate - Tolerance(rate, draws), rate + Tolerance(rate, draws));

    private static double Tolerance(double rate, long draws) => 5 * Math.Sqrt(rate * (1 - rate) / draws) + 0.001;

    private static MaskedLmOptions Options(double mlmProbability)
    {
        Tokenizer tokenizer = CollationData.Tokenizer("wordpiece").Tokenizer;
        IReadOnlyDictionary<string, int> special = tokenizer.SpecialTokens;
        return new MaskedLmOptions
        {
            MaskId = special["[MASK]"],
            PadId = special["[PAD]"],
            VocabularySize = tokenizer.VocabularySize,
            SpecialIds = special.Values.ToHashSet(),
            MlmProbability = mlmProbability,
        };
    }
}
