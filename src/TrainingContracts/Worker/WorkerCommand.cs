namespace LlmPlatform.TrainingContracts.Worker;

/// <summary>A line that the parent may send after the first.</summary>
/// <param name="Command">See <see cref="Stop"/>.</param>
public sealed record WorkerCommand(string Command)
{
    /// <summary>Finish the present step, write a checkpoint and end with <see cref="WorkerExit.Stopped"/>.</summary>
    public const string Stop = "stop";
}
