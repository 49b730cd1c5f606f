using System.Globalization;

namespace LlmPlatform.TrainingService;

/// <summary>The service's settings.</summary>
internal sealed record TrainingOptions
{
    public const string Section = "Platform:Training";

    private const int MaxWorkers = 16;
    private const string WorkerAssemblyName = "LlmPlatform.TrainingWorker.dll";

    /// <summary><c>Platform:Training:Workers</c>: jobs that run at the same time. Default 1.</summary>
    public int Workers { get; init; } = 1;

    /// <summary><c>Platform:Training:SweepInterval</c>: how long a row waits whose message was lost. Default 30 s.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary><c>Platform:Training:WorkerProgram</c>: the program that trains. Default: the one beside this program.</summary>
    public string WorkerProgram { get; init; } = Path.Combine(AppContext.BaseDirectory, WorkerAssemblyName);

    /// <exception cref="InvalidOperationException">A setting is wrong; the message names it.</exception>
    public static TrainingOptions From(IConfiguration configuration)
    {
        TrainingOptions standard = new();
        return new TrainingOptions
        {
            Workers = ReadWorkers(configuration[Section + ":Workers"], standard.Workers),
            SweepInterval = Time(configuration[Section + ":SweepInterval"], standard.SweepInterval),
            WorkerProgram = configuration[Section + ":WorkerProgram"] is { Length: > 0 } program ? program : standard.WorkerProgram,
        };
    }

    private static int ReadWorkers(string? text, int otherwise) => string.IsNullOrEmpty(text) ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value is >= 1 and <= MaxWorkers ? value
        : throw new InvalidOperationException($"{Section}:Workers is '{text}', expected a number from 1 to {MaxWorkers}");

    private static TimeSpan Time(string? text, TimeSpan otherwise) => string.IsNullOrEmpty(text) ? otherwise
        : TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan value) && value > TimeSpan.Zero ? value
        : throw new InvalidOperationException($"{Section}:SweepInterval is '{text}', expected a time such as 00:00:30");
}
