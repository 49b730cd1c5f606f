using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json;
using LlmPlatform.Retrieval.Search;
using LlmPlatform.Retrieval.Tests.Evaluation;

namespace LlmPlatform.Retrieval.Tests.Fusion;

public class MaximalMarginalRelevanceTests
{
    [Fact]
    [Trait("Category", "Golden")]
    public void Choices_are_those_of_the_reference()
    {
        List<string> failures = [];
        int cases = 0;
        foreach (JsonElement golden in RetrievalGolden.Json("mmr.json").EnumerateArray())
        {
            double[][] vectors = [.. golden.GetProperty("vectors").EnumerateArray().Select(row => row.Doubles())];
            double[] query = golden.GetProperty("query").Doubles();
            double[] cosines = [.. vectors.Select(vector => TensorPrimitives.CosineSimilarity<double>(vector, query))];
            int[] candidates = [.. Enumerable.Range(0, vectors.Length).OrderByDescending(row => cosines[row]).Take(golden.GetProperty("candidates").GetInt32())];
            foreach (JsonProperty selection in golden.GetProperty("selections").EnumerateObject())
            {
                cases++;
                IReadOnlyList<MarginalChoice> choices = MaximalMarginalRelevance.Select(
                    [.. candidates.Select(row => cosines[row])],
                    (first, second) => TensorPrimitives.CosineSimilarity<double>(vectors[candidates[first]], vectors[candidates[second]]),
                    golden.GetProperty("limit").GetInt32(),
                    1 - double.Parse(selection.Name, CultureInfo.InvariantCulture));
                string actual = string.Join(' ', choices.Select(choice => candidates[choice.Index]));
                string expected = string.Join(' ', selection.Value.GetProperty("rows").Doubles());
                if (actual != expected)
                {
                    failures.Add($"case {cases} l {selection.Name}: {actual}, not {expected}");
                }
            }
        }

        RetrievalGolden.Report("mmr.json", cases, failures);
    }

    [Fact]
    public void A_copy_of_the_best_is_passed_over()
    {
        ReadOnlyMemory<float>[] vectors = [new float[] { 1, 0 }, new float[] { 1, 0 }, new float[] { 0, 1 }];
        double[] relevances = [0.9, 0.9, 0.5];
        Assert.Equal([0, 1], MaximalMarginalRelevance.Select(relevances, vectors, 2, 0).Select(choice => choice.Index));
        IReadOnlyList<MarginalChoice> diverse = MaximalMarginalRelevance.Select(relevances, vectors, 3, 0.5);
        Assert.Equal([0, 2, 1], diverse.Select(choice => choice.Index));
        Assert.Equal([0, 0, 0.5], diverse.Select(choice => choice.Penalty));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void A_diversity_out_of_range_is_named(double diversity) => Assert.Throws<ArgumentOutOfRangeException>(
        nameof(diversity), () => MaximalMarginalRelevance.Select([1.0], (_, _) => 0, 1, diversity));
}
