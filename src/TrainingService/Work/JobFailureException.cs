namespace LlmPlatform.TrainingService.Work;

/// <summary>A job cannot be done; trying again by itself would not help.</summary>
/// <param name="code">As in <c>JobError.code</c>.</param>
/// <param name="message">What happened and what was expected.</param>
internal sealed class JobFailureException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
