namespace LlmPlatform.Training.Optimization;

/// <summary>Which weights decay: all but biases and those of norms, as in transformers. Of an adapter all do.</summary>
public static class DecayRule
{
    /// <summary>Whether a parameter of a network decays, by its name in Hugging Face's files.</summary>
    public static bool Decays(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string[] parts = name.Split('.');
        string module = parts.Length > 1 ? parts[^2] : "";
        return parts[^1] != "bias" && !module.EndsWith("norm", StringComparison.OrdinalIgnoreCase);
    }
}
