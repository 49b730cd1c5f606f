namespace LlmPlatform.FakeTrainingWorker;

/// <summary>What <c>recipe.seed</c> makes the fake do. A step takes <c>warmup_steps</c> milliseconds.</summary>
public static class FakeBehavior
{
    public const long Normal = 42;

    /// <summary>Ends amid the work, before any checkpoint, each time.</summary>
    public const long CrashAlways = 1;

    /// <summary>Ends at step 6 of the first claim only.</summary>
    public const long CrashOnce = 2;

    /// <summary>Never says anything after it is prepared, and does not stop when told.</summary>
    public const long Hang = 3;

    /// <summary>Fails at step 4 of a claim that began at step 1; goes on after a resume.</summary>
    public const long FailNan = 4;

    /// <summary>Data errors.</summary>
    public const long FailData = 5;

    /// <summary>Writes a line that is endless.</summary>
    public const long EndlessLine = 6;

    /// <summary>Writes a line that is no event.</summary>
    public const long BrokenLine = 7;

    /// <summary>Writes an adapter.</summary>
    public const long Adapter = 8;

    /// <summary>Ends without a word of how, with the exit code of success.</summary>
    public const long Silent = 9;

    /// <summary>Writes a checkpoint that it does not tell of, then ends.</summary>
    public const long UntoldCheckpoint = 10;
}
