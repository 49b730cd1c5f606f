namespace LlmPlatform.Training.Loop;

/// <summary>A job cannot go on, for a reason that its owner can do something about.</summary>
/// <param name="code">One of <see cref="FailureCodes"/>.</param>
/// <param name="message">What happened and what was expected.</param>
/// <param name="step">The step it happened in; null before the first.</param>
public sealed class TrainingException(string code, string message, long? step = null) : Exception(message)
{
    /// <summary>One of <see cref="FailureCodes"/>.</summary>
    public string Code => code;

    /// <summary>The step it happened in; null before the first.</summary>
    public long? Step => step;
}
