using System.Text.Json;
using LlmPlatform.Tokenization.Json;
using LlmPlatform.Tokenization.Text;

namespace LlmPlatform.Tokenization.Tests.Golden;

/// <summary>Makes single components and inputs from golden JSON.</summary>
internal static class Components
{
    /// <summary>A component's configuration as a field of a tokenizer.json.</summary>
    public static JsonField Field(JsonElement config) => new("golden", "config", config);

    /// <summary>The input of a case: its text and pair, or its words.</summary>
    public static EncodeInput Input(JsonElement line)
    {
        if (line.TryGetProperty("words", out JsonElement words))
        {
            return EncodeInput.FromWords(words.Deserialize<string[]>()!);
        }

        return EncodeInput.FromText(
            line.GetProperty("text").GetString()!,
            line.TryGetProperty("pair", out JsonElement pair) ? pair.GetString() : null);
    }

    public static AlignedText Text(string text)
    {
        var aligned = new AlignedText(tracksOrigins: true);
        aligned.Load(CodePoints.Decode(text), 0);
        return aligned;
    }

    public static PreTokenizedText PreTokenized(string text)
    {
        var preTokenized = new PreTokenizedText(tracksOrigins: true);
        preTokenized.Text.Append(Text(text));
        preTokenized.AddSplit(0, preTokenized.Text.Count, -1);
        return preTokenized;
    }

    public static bool AddsSpecialTokens(JsonElement line) =>
        !line.TryGetProperty("add_special_tokens", out JsonElement add) || add.GetBoolean();
}
