using System.Numerics.Tensors;

namespace LlmPlatform.EmbeddingService.Similarity;

/// <summary>How a model's vectors are compared: bigger is nearer, so distances are negative.</summary>
internal static class SimilarityFunction
{
    /// <summary>The score of two vectors of equal length.</summary>
    /// <param name="name"><c>similarity_fn_name</c>: cosine, dot, euclidean or manhattan.</param>
    /// <param name="a">[dimensions].</param>
    /// <param name="b">[dimensions].</param>
    public static float Score(string name, ReadOnlySpan<float> a, ReadOnlySpan<float> b) => name switch
    {
        "cosine" => Cosine(a, b),
        "dot" => TensorPrimitives.Dot(a, b),
        "euclidean" => -TensorPrimitives.Distance(a, b),
        "manhattan" => -Manhattan(a, b),
        _ => throw new ArgumentException($"expected cosine, dot, euclidean or manhattan, got {name}", nameof(name)),
    };

    // sentence-transformers bounds the lengths from below, so a zero vector scores 0 and not NaN.
    private static float Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        const float MinLength = 1e-12f;
        float lengths = Math.Max(TensorPrimitives.Norm(a), MinLength) * Math.Max(TensorPrimitives.Norm(b), MinLength);
        return TensorPrimitives.Dot(a, b) / lengths;
    }

    private static float Manhattan(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        float sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += Math.Abs(a[i] - b[i]);
        }

        return sum;
    }
}
