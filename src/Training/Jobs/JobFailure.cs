using System.Runtime.InteropServices;
using LlmPlatform.Hub;
using LlmPlatform.Modeling.Lora;
using LlmPlatform.Training.Data;
using LlmPlatform.Training.Loop;
using LlmPlatform.TrainingContracts.Worker;

namespace LlmPlatform.Training.Jobs;

/// <summary>What an exception means to the owner of a job.</summary>
internal static class JobFailure
{
    private const int NoSpaceLeftOnDevice = 28;
    private const int QuotaExceeded = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const string LessMemory = "a smaller per_device_train_batch_size or max_length may help";

    private static readonly string[] OutOfMemoryMessages = ["can't allocate memory", "not enough memory", "out of memory"];

    /// <summary>The event for an exception.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="step">The step that was being done; null before the first.</param>
    public static WorkerFailed Of(Exception exception, long? step) => exception switch
    {
        DataErrorException data => Failed(FailureCodes.InvalidData, data.Message, null) with { DataErrors = [.. data.Errors] },
        TrainingException known => Failed(known.Code, known.Message, known.Step),
        LoraException or InvalidModelFileException => Failed(FailureCodes.InvalidRecipe, exception.Message, step),
        OutOfMemoryException => Failed(FailureCodes.OutOfMemory, $"{At(step)}there is no memory left; {LessMemory}", step),
        ExternalException torch when IsOutOfMemory(torch.Message) =>
            Failed(FailureCodes.OutOfMemory, $"{At(step)}libtorch gets no more memory; {LessMemory}", step),
        IOException io when io.HResult is NoSpaceLeftOnDevice or QuotaExceeded or WindowsDiskFull =>
            Failed(FailureCodes.DiskFull, $"{At(step)}the disk is full; the job can be resumed when there is room", step),
        _ => Failed(FailureCodes.Internal, $"{At(step)}{exception.GetType().Name}: {exception.Message}", step),
    };

    private static bool IsOutOfMemory(string message) => OutOfMemoryMessages.Any(part => message.Contains(part, StringComparison.OrdinalIgnoreCase));

    private static string At(long? step) => step is null ? "" : FormattableString.Invariant($"step {step}: ");

    private static WorkerFailed Failed(string code, string message, long? step) => new() { Code = code, Message = message, Step = step };
}
