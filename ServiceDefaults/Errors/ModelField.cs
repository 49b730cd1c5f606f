namespace LlmPlatform.ServiceDefaults.Errors;

/// <summary>The field <c>model</c> of every request that names one.</summary>
public static class ModelField
{
    /// <summary>The longest reference: name, <c>@</c>, version.</summary>
    public const int MaxLength = 256;

    /// <summary>A reference <c>name</c>, <c>name@version</c> or <c>name@alias</c>; whether it exists is the registry's to say.</summary>
    public static FieldValidation RequireModel(this FieldValidation validation, string model) => validation.Require(
        "model", model, model.Length is > 0 and <= MaxLength, $"a model's name, name@version or name@alias of 1 to {MaxLength} characters");
}
