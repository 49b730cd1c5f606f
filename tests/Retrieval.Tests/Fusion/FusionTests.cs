using LlmPlatform.Retrieval.Search;
using Rules = LlmPlatform.Retrieval.Search.Fusion;

namespace LlmPlatform.Retrieval.Tests.Fusion;

public class FusionTests
{
    [Fact]
    public void A_lone_result_counts_in_full() => Assert.Equal([1], Rules.MinMax([7.5]));

    [Fact]
    public void Empty_sides_stay_empty()
    {
        Assert.Empty(Rules.MinMax([]));
        Assert.Empty(Rules.ZScore([]));
        Assert.Empty(Rules.Distribution([]));
        Assert.Empty(Rules.ReciprocalRank(0));
        Assert.Empty(Rules.QdrantReciprocalRank(0));
    }

    [Fact]
    public void Sides_are_weighted_and_ties_ordered_by_id()
    {
        FusionList<string> dense = new(["a", "b"], Rules.MinMax([0.9, 0.1]), 0.2);
        FusionList<string> keyword = new(["c", "b"], Rules.MinMax([8, 4]), 0.8);
        Assert.Equal([("c", 0.8), ("a", 0.2), ("b", 0.0)], Rules.WeightedSum(dense, keyword));
        Assert.Equal([("x", 0.5), ("y", 0.5)], Rules.WeightedSum(new FusionList<string>(["y", "x"], Rules.Distribution([1, 1]))));
    }
}
