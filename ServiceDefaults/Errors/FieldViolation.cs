namespace LlmPlatform.ServiceDefaults.Errors;

/// <summary>What is wrong with one field of a request.</summary>
/// <param name="Field">The field's path as the caller wrote it, for example <c>messages[2].role</c>.</param>
/// <param name="Value">The value found, which is cut to 64 characters; null when it must not be shown (prompts, secrets).</param>
/// <param name="Expected">What a good value is, for example <c>a number from 0 to 2</c>.</param>
public readonly record struct FieldViolation(string Field, object? Value, string Expected)
{
    /// <summary>The description without the field's name: value, then expectation.</summary>
    public string Description => Value switch
    {
        null => $"expected {Expected}",
        "" => $"got an empty value, expected {Expected}",
        _ => $"got {SafeValue.Cut(Value)}, expected {Expected}",
    };

    /// <summary>One line: field, value, expectation.</summary>
    public override string ToString() => $"{Field}: {Description}";
}
