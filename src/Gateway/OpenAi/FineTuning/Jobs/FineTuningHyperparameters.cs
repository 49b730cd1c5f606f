using System.Text.Json;
using System.Text.Json.Serialization;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.FineTuning.Recipes;
using LlmPlatform.Gateway.OpenAi.Requests;

namespace LlmPlatform.Gateway.OpenAi.FineTuning.Jobs;

/// <summary>What OpenAI's API lets one choose about training; each may be <c>auto</c>.</summary>
public record FineTuningHyperparameters
{
    private const int LargestBatch = 256;
    private const int MostEpochs = 50;
    private const double LargestMultiplier = 1e12;

    // Rows that are computed at once; what is more is accumulated, which gives the same gradient in less memory.
    private const int LargestDeviceBatch = 8;

    /// <summary>Rows of an optimizer step, 1 to 256.</summary>
    [JsonPropertyName("batch_size")]
    public int? BatchSize { get; init; }

    /// <summary>Times the default learning rate of the method.</summary>
    [JsonPropertyName("learning_rate_multiplier")]
    public double? LearningRateMultiplier { get; init; }

    /// <summary>Passes over the data, 1 to 50.</summary>
    [JsonPropertyName("n_epochs")]
    public int? NEpochs { get; init; }

    /// <returns>The multiplier with the parameter that gave it, which needs to know what is trained; null for none.</returns>
    /// <exception cref="OpenAiException">A field is not as expected.</exception>
    internal static (double Value, string Param)? Read(RequestFields? fields, bool withBeta, RecipeBuilder recipe)
    {
        if (fields is null)
        {
            return null;
        }

        string batch = fields.ParamOf("batch_size");
        if (TakeUnlessAuto(fields, "batch_size") is { } batchSize)
        {
            int rows = (int)RequestFields.IntegerOf(batchSize, batch, 1, LargestBatch);
            int device = Enumerable.Range(1, LargestDeviceBatch).Last(size => rows % size == 0);
            recipe.Set("per_device_train_batch_size", device, batch);
            recipe.Set("gradient_accumulation_steps", rows / device, batch);
        }

        string epochs = fields.ParamOf("n_epochs");
        if (TakeUnlessAuto(fields, "n_epochs") is { } number)
        {
            recipe.Set("num_train_epochs", (int)RequestFields.IntegerOf(number, epochs, 1, MostEpochs), epochs);
        }

        if (withBeta && TakeUnlessAuto(fields, "beta") is { } beta)
        {
            recipe.Set("dpo.beta", PositiveOf(beta, fields.ParamOf("beta"), 2), fields.ParamOf("beta"));
        }

        string multiplier = fields.ParamOf("learning_rate_multiplier");
        (double, string)? result = TakeUnlessAuto(fields, "learning_rate_multiplier") is { } value
            ? (PositiveOf(value, multiplier, LargestMultiplier), multiplier)
            : null;
        fields.RefuseUnknown();
        return result;
    }

    private static JsonElement? TakeUnlessAuto(RequestFields fields, string name) =>
        fields.Take(name) is { } value && !(value.ValueKind == JsonValueKind.String && value.ValueEquals("auto")) ? value : null;

    private static double PositiveOf(JsonElement value, string param, double largest)
    {
        double number = RequestFields.DoubleOf(value, param);
        return number > 0 && number <= largest ? number : throw InvalidRequest.WrongValue(param, value.GetRawText(), $"a number above 0 and at most {largest}");
    }
}

/// <summary>The same for direct preference optimisation.</summary>
public sealed record DpoHyperparameters : FineTuningHyperparameters
{
    /// <summary>How much the answers may move away from the base model's: the less, the more. Above 0, at most 2.</summary>
    [JsonPropertyName("beta")]
    public double? Beta { get; init; }
}
