namespace LlmPlatform.Retrieval.Documents.Sandbox;

/// <summary>How documents are read in processes of their own.</summary>
public sealed record DocumentWorkerOptions
{
    /// <summary>Processes that read at the same time; each may take <see cref="DocumentLimits.MaxMemory"/>.</summary>
    public int Workers { get; init; } = Math.Clamp(Environment.ProcessorCount / 2, 1, 4);

    /// <summary>Documents that a process reads before another takes its place.</summary>
    public int DocumentsPerWorker { get; init; } = 100;

    /// <summary>Readers that may wait for a process; more are refused.</summary>
    public int Waiting { get; init; } = 256;

    /// <summary>What a document may cost.</summary>
    public DocumentLimits Limits { get; init; } = new();

    /// <summary>How long a process may take to start.</summary>
    public TimeSpan StartTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A process that read nothing for so long ends.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Whether one process more than needed is started ahead, so that the next reader need not wait for it.</summary>
    public bool Spare { get; init; } = true;

    /// <summary>The child's program; null: LlmPlatform.DocumentWorker.dll beside the running program.</summary>
    public string? WorkerAssembly { get; init; }
}
