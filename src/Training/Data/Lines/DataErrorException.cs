using LlmPlatform.TrainingContracts.Worker;

namespace LlmPlatform.Training.Data;

/// <summary>Training data cannot be used: the bad lines, the first <see cref="MaxErrors"/> of them.</summary>
public sealed class DataErrorException : Exception
{
    /// <summary>More bad lines than this are not looked for.</summary>
    public const int MaxErrors = 100;

    /// <summary>Makes the exception.</summary>
    /// <param name="errors">At least one.</param>
    public DataErrorException(IReadOnlyList<WorkerDataError> errors)
        : base(Summary(errors)) => Errors = errors;

    /// <summary>The bad lines in the order of the files.</summary>
    public IReadOnlyList<WorkerDataError> Errors { get; }

    private static string Summary(IReadOnlyList<WorkerDataError> errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        ArgumentOutOfRangeException.ThrowIfZero(errors.Count, nameof(errors));
        WorkerDataError first = errors[0];
        string place = $"file {first.FileId}, line {first.Line}: {first.Message}";
        return errors.Count switch
        {
            1 => place,
            < MaxErrors => $"{errors.Count} lines of the data are bad; the first: {place}",
            _ => $"at least {errors.Count} lines of the data are bad; the first: {place}",
        };
    }
}
