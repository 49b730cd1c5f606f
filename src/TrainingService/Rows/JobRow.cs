using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.ServiceDefaults.Leases;

namespace LlmPlatform.TrainingService.Rows;

/// <summary>A job: what was asked for, how far it is, and what came of it. The lease is of whoever runs its child process.</summary>
internal sealed class JobRow : ILeasedRow
{
    public long Sequence { get; set; }

    /// <summary><c>ftjob-</c> and random letters.</summary>
    public required string Id { get; set; }

    public required string Tenant { get; set; }

    /// <summary>Null: the caller named none.</summary>
    public string? RequestId { get; set; }

    public string Name { get; set; } = "";

    /// <summary>A JSON object of strings.</summary>
    public string Metadata { get; set; } = "{}";

    /// <summary>Complete, as the protocol's JSON.</summary>
    public required string Recipe { get; set; }

    /// <summary><c>name@version</c> of the base.</summary>
    public required string BaseVersion { get; set; }

    public JobStatus Status { get; set; } = JobStatus.Queued;

    /// <summary>Whoever runs it is to stop it with a checkpoint.</summary>
    public bool PauseRequested { get; set; }

    public DateTime CreatedAt { get; set; }

    /// <summary>First come, first served.</summary>
    public DateTime QueuedAt { get; set; }

    /// <summary>Not tried again before.</summary>
    public DateTime? NotBefore { get; set; }

    public DateTime? StartedAt { get; set; }

    public DateTime? FinishedAt { get; set; }

    /// <summary>Claims that ended for reasons of the platform since the last checkpoint.</summary>
    public int Attempts { get; set; }

    /// <summary>Child processes that were lost since the last checkpoint.</summary>
    public int Losses { get; set; }

    public long Step { get; set; }

    public long MaxSteps { get; set; }

    public double Epoch { get; set; }

    public long TrainedTokens { get; set; }

    /// <summary>A JSON object of numbers: the last value of each metric.</summary>
    public string Metrics { get; set; } = "{}";

    public string DataHash { get; set; } = "";

    /// <summary>A JSON object of numbers.</summary>
    public string EvaluationBefore { get; set; } = "{}";

    /// <summary>A JSON object of numbers.</summary>
    public string EvaluationAfter { get; set; } = "{}";

    public string OutputVersion { get; set; } = "";

    /// <summary>The error as the protocol's JSON; null: none.</summary>
    public string? Error { get; set; }

    public string ErrorCode { get; set; } = "";

    /// <summary>The first step of the present claim, and when it began: for the time left.</summary>
    public long RunFirstStep { get; set; }

    public DateTime? RunStartedAt { get; set; }

    public DateTime? LastStepAt { get; set; }

    /// <summary>The trace that asked for it.</summary>
    public string? Traceparent { get; set; }

    /// <summary>It has ended and nothing lies around any more.</summary>
    public bool Cleaned { get; set; }

    public string? LeaseOwner { get; set; }

    public long LeaseEpoch { get; set; }

    public DateTime? LeasedUntil { get; set; }
}
