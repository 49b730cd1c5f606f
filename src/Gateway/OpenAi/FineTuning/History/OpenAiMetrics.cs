namespace LlmPlatform.Gateway.OpenAi.FineTuning.History;

/// <summary>OpenAI's names for TRL's metrics. Validation is always by the whole file, so its <c>full_</c> names are the same numbers.</summary>
internal static class OpenAiMetrics
{
    private static readonly (string Trl, string[] OpenAi)[] Names =
    [
        ("loss", ["train_loss"]),
        ("mean_token_accuracy", ["train_mean_token_accuracy"]),
        ("eval_loss", ["valid_loss", "full_valid_loss"]),
        ("eval_mean_token_accuracy", ["valid_mean_token_accuracy", "full_valid_mean_token_accuracy"]),
    ];

    public static IEnumerable<KeyValuePair<string, double>> Of(IDictionary<string, double> metrics) =>
        Names.Where(name => metrics.TryGetValue(name.Trl, out double value) && double.IsFinite(value))
            .SelectMany(name => name.OpenAi.Select(openAi => KeyValuePair.Create(openAi, metrics[name.Trl])));

}
