namespace LlmPlatform.Training.Jobs;

/// <summary>A clock that does not go: the same rows must give the same tokens when a job is resumed on another day.</summary>
internal sealed class StandingClock : TimeProvider
{
    // For templates that write the date; any day does, as long as it stays the same.
    private static readonly DateTimeOffset Day = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Day;
}
