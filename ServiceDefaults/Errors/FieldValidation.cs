using Grpc.Core;

namespace LlmPlatform.ServiceDefaults.Errors;

/// <summary>
/// Collects what is wrong with a request and throws it all at once, so that a caller mends every field in one go.
/// <code>
/// new FieldValidation()
///     .Require("max_tokens", request.MaxTokens, request.MaxTokens >= 0, "0 or more")
///     .ThrowIfInvalid();
/// </code>
/// </summary>
public sealed class FieldValidation
{
    private readonly List<FieldViolation> _violations = [];

    /// <summary>Whether anything is wrong so far.</summary>
    public bool HasViolations => _violations.Count > 0;

    /// <summary>What is wrong so far.</summary>
    public IReadOnlyList<FieldViolation> Violations => _violations;

    /// <summary>Notes a violation unless <paramref name="condition"/> holds. The value is shown, cut to 64 characters.</summary>
    public FieldValidation Require(string field, object? value, bool condition, string expected)
    {
        if (!condition)
        {
            _violations.Add(new FieldViolation(field, value, expected));
        }

        return this;
    }

    /// <summary>The same for prompts, documents and secrets: the value is not shown.</summary>
    public FieldValidation RequireHidden(string field, bool condition, string expected) =>
        Require(field, null, condition, expected);

    /// <summary>A text that is neither empty nor longer than <paramref name="maxLength"/> characters; it is shown when it is wrong.</summary>
    public FieldValidation RequireText(string field, string value, int maxLength) =>
        Require(field, value, value.Length > 0 && value.Length <= maxLength, $"1 to {maxLength} characters");

    /// <summary>A number from <paramref name="min"/> to <paramref name="max"/>; NaN is refused.</summary>
    public FieldValidation RequireRange(string field, double value, double min, double max) =>
        Require(field, value, value >= min && value <= max, $"a number from {min} to {max}");

    /// <summary>Throws what was noted; returns when there is nothing.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT with a <c>google.rpc.BadRequest</c> that holds every violation.</exception>
    public void ThrowIfInvalid()
    {
        if (HasViolations)
        {
            throw RpcErrors.InvalidArgument([.. _violations]);
        }
    }
}
