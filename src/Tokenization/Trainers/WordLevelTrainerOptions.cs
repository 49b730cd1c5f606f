namespace LlmPlatform.Tokenization.Trainers;

/// <summary>How a vocabulary of whole words is made, and the settings of its model.</summary>
public sealed record WordLevelTrainerOptions : TrainerOptions
{
    /// <summary>Words that occur less often than this are left out.</summary>
    public long MinFrequency { get; init; }

    /// <summary>The model's <c>unk_token</c>; it should be a special token.</summary>
    public string UnkToken { get; init; } = "<unk>";

    internal override void Validate()
    {
        base.Validate();
        Require(MinFrequency >= 0, nameof(MinFrequency), MinFrequency, "at least 0");
        Require(UnkToken is not null, nameof(UnkToken), null, "a string");
    }
}
