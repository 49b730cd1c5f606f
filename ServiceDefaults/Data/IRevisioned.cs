namespace LlmPlatform.ServiceDefaults.Data;

/// <summary>
/// A row with optimistic concurrency: <see cref="Revision"/> is a concurrency token that grows by one with every save,
/// so that of two writers who read the same row the later one fails with DbUpdateConcurrencyException.
/// </summary>
public interface IRevisioned
{
    /// <summary>How often the row was saved.</summary>
    long Revision { get; set; }
}
