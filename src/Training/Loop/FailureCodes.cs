namespace LlmPlatform.Training.Loop;

/// <summary>Why jobs fail.</summary>
public static class FailureCodes
{
    /// <summary>The data cannot be used.</summary>
    public const string InvalidData = "invalid_data";

    /// <summary>The recipe cannot be followed, or does not fit the base.</summary>
    public const string InvalidRecipe = "invalid_recipe";

    /// <summary>The loss, the gradient or a weight is no number any more.</summary>
    public const string NanLoss = "nan_loss";

    /// <summary>There is not enough memory.</summary>
    public const string OutOfMemory = "out_of_memory";

    /// <summary>There is no room on the disk.</summary>
    public const string DiskFull = "disk_full";

    /// <summary>Something else.</summary>
    public const string Internal = "internal";
}
