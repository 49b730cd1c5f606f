using System.Text.Json.Nodes;
using LlmPlatform.Testing;
using LlmPlatform.Training.Data;
using LlmPlatform.Training.Objectives;

namespace LlmPlatform.Training.Tests.Golden;

[Trait("Category", "Golden")]
public sealed class LossGoldenTests
{
    private static readonly string[] DpoOptions = ["loss_type", "beta", "precompute_ref_log_probs"];
    private static readonly string[] RankingOptions = ["scale", "similarity"];

    public static TheoryData<int, string> DpoCases => Reference.Cases("losses", "dpo.json", test => $"{test["batch"]} {test["options"]!.ToJsonString()}");

    public static TheoryData<int, string> LanguageCases => Reference.Cases("losses", "language_model.json", test => $"{test["name"]} {test["options"]!.ToJsonString()}");

    public static TheoryData<int, string> EmbeddingCases => Reference.Cases(
        "losses", "embedding.json", test => $"{test["loss_name"]} {test["options"]!.ToJsonString()} {test["columns"]!.ToJsonString()}");

    [Theory]
    [MemberData(nameof(DpoCases))]
    public void Sigmoid_dpo_is_trls(int number, string name)
    {
        JsonNode file = Reference.Read("losses", "dpo.json");
        JsonNode test = file["cases"]![number]!;
        JsonObject options = test["options"]!.AsObject();
        if (options.Any(option => !DpoOptions.Contains(option.Key)) || options["loss_type"]!.ToJsonString() is not "[\"sigmoid\"]")
        {
            Reference.Skip(Reference.Losses, $"preference loss: {name}");
        }

        GoldenCoverage.Count(Reference.Losses, skipped: false);
        JsonNode batch = file["batches"]![(string)test["batch"]!]!;
        torch.Tensor logs = Reference.Tensor(batch["policy"]!["log_probs"], gradient: true);
        torch.Tensor sums = logs.sum(1);
        torch.Tensor reference = Reference.Tensor(batch["ref"]!["log_probs"]).sum(1);
        long pairs = sums.shape[0] / 2;
        DpoLoss loss = DpoLoss.Sigmoid(
            sums.narrow(0, 0, pairs),
            sums.narrow(0, pairs, pairs),
            reference.narrow(0, 0, pairs),
            reference.narrow(0, pairs, pairs),
            (double)options["beta"]!);
        torch.Tensor mean = loss.Losses.mean();
        mean.backward();
        Reference.Close((double)test["loss"]!, Scalars.Of(mean), 1e-5, 1e-6, "loss");
        Reference.Close(test["grad_log_probs"], logs.grad!);
        foreach (BatchMetric metric in loss.Metrics())
        {
            Reference.Close((double)test["metrics"]![metric.Name]!, metric.Value, 1e-5, 1e-6, metric.Name);
        }
    }

    [Theory]
    [MemberData(nameof(LanguageCases))]
    public void Losses_of_tokens_are_those_of_transformers(int number, string name)
    {
        JsonNode file = Reference.Read("losses", "language_model.json");
        JsonNode test = file["cases"]![number]!;
        string kind = (string)test["name"]!;
        if (kind is not ("ForCausalLMLoss" or "entropy_from_logits"))
        {
            Reference.Skip(Reference.Losses, $"loss of tokens: {name}");
        }

        GoldenCoverage.Count(Reference.Losses, skipped: false);
        torch.Tensor logits = Reference.Tensor(file["logits"], gradient: true);
        if (kind == "entropy_from_logits")
        {
            CountedTokens all = CountedTokens.At(new long[logits.shape[0] * logits.shape[1]], (int)logits.shape[1]);
            Reference.Close(test["entropy"], TokenScores.Of(scores => scores, logits, all, statistics: true).Entropies!);
            return;
        }

        CountedTokens counted = CountedTokens.Before(Reference.Ids(file["labels"]), (int)logits.shape[1]);
        double divisor = (double?)test["options"]!["num_items_in_batch"] ?? counted.Count;
        torch.Tensor loss = TokenScores.Of(scores => scores, logits, counted, statistics: false).LogProbabilities.sum().neg() / divisor;
        loss.backward();
        Reference.Close((double)test["loss"]!, Scalars.Of(loss), 1e-5, 1e-6, "loss");
        Reference.Close(test["grad_logits"], logits.grad!);
    }

    [Theory]
    [MemberData(nameof(EmbeddingCases))]
    public void Ranking_is_that_of_sentence_transformers(int number, string name)
    {
        JsonNode file = Reference.Read("losses", "embedding.json");
        JsonNode test = file["cases"]![number]!;
        JsonObject options = test["options"]!.AsObject();
        if ((string)test["loss_name"]! != "MultipleNegativesRankingLoss" || options.Any(option => !RankingOptions.Contains(option.Key))
            || (string?)options["similarity"] == "dot")
        {
            Reference.Skip(Reference.Losses, $"loss of embeddings: {name}");
        }

        GoldenCoverage.Count(Reference.Losses, skipped: false);
        string[] columns = [.. test["columns"]!.AsArray().Select(column => (string)column!)];
        Dictionary<string, torch.Tensor> vectors = columns.ToDictionary(column => column, column => Reference.Tensor(file["embeddings"]![column], gradient: true));
        torch.Tensor loss = RankingLoss.Of(vectors[columns[0]], torch.cat([.. columns.Skip(1).Select(column => vectors[column])]), (double)options["scale"]!);
        loss.backward();
        Reference.Close((double)test["loss"]!, Scalars.Of(loss), 1e-5, 1e-6, "loss");
        foreach (string column in columns)
        {
            Reference.Close(test["grads"]![column], vectors[column].grad!);
        }
    }

    [Fact]
    public void Only_labels_are_counted()
    {
        long[] labels = [5, SftExample.Ignored, 7, 8, SftExample.Ignored, 9];
        Assert.Equal([1, 4], CountedTokens.Before(labels, 3).Places);
        Assert.Equal([7, 9], CountedTokens.Before(labels, 3).Targets);
        Assert.Equal([0, 1], CountedTokens.Before(labels, 3).Rows);
        Assert.Equal([0, 2, 3, 5], CountedTokens.At(labels, 3).Places);
    }
}
