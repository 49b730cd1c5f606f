namespace LlmPlatform.Hub.SentenceTransformers;

/// <summary>How the vectors of a text's tokens become one; in the order in which several are joined.</summary>
public enum PoolingMode
{
    /// <summary>The first token's.</summary>
    Cls,

    /// <summary>The largest of each dimension.</summary>
    Max,

    /// <summary>The mean.</summary>
    Mean,

    /// <summary>The sum, divided by the square root of the count.</summary>
    MeanSqrtLen,

    /// <summary>The mean, with weights 1, 2, 3 ...</summary>
    WeightedMean,

    /// <summary>The last token's.</summary>
    LastToken,
}
