namespace LlmPlatform.Training.Objectives;

/// <summary>
/// Multiple negatives ranking (https://arxiv.org/abs/1705.00652, section 4.4): each anchor is to be nearest to its own text among
/// those of the whole batch.
/// </summary>
internal static class RankingLoss
{
    /// <summary>The mean loss.</summary>
    /// <param name="anchors">[rows, dimensions].</param>
    /// <param name="candidates">[columns * rows, dimensions], the first rows those that belong to the anchors.</param>
    /// <param name="scale">What cosines are multiplied with.</param>
    public static Tensor Of(Tensor anchors, Tensor candidates, double scale)
    {
        Tensor scores = Unit(anchors).matmul(Unit(candidates).t()) * scale;
        return nn.functional.cross_entropy(scores, arange(anchors.shape[0], dtype: ScalarType.Int64));
    }

    private static Tensor Unit(Tensor vectors) => nn.functional.normalize(vectors, dim: 1);
}
