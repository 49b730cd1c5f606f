using System.Text.Json.Nodes;
using LlmPlatform.Tokenization.ChatTemplates;

namespace LlmPlatform.Training.Data;

/// <summary>Conversations of one row as text, by the model's chat template.</summary>
internal sealed class ChatRenderer(DataTokenizer tokenizer, TemplateFields fields)
{
    private readonly ChatTemplate _template = tokenizer.ChatTemplate
        ?? throw new RowException("messages, but the model has no chat template: expected rows of plain text");

    private readonly JsonObject _extra = Merge(tokenizer.SpecialTokens, fields.Extra);

    /// <summary>Renders messages.</summary>
    /// <exception cref="ChatTemplateException">The template does not take them.</exception>
    public RenderedChat Render(IReadOnlyList<JsonObject> messages, bool addGenerationPrompt = false, bool continueFinalMessage = false) =>
        _template.RenderWithSpans(new ChatTemplateInput
        {
            Messages = messages,
            Tools = fields.Tools,
            AddGenerationPrompt = addGenerationPrompt,
            ContinueFinalMessage = continueFinalMessage,
            BosToken = tokenizer.BosToken,
            EosToken = tokenizer.EosToken,
            Extra = _extra,
            TimeProvider = tokenizer.Clock,
        });

    private static JsonObject Merge(JsonObject? special, JsonObject? own)
    {
        JsonObject merged = special?.DeepClone().AsObject() ?? [];
        foreach ((string name, JsonNode? value) in own ?? [])
        {
            merged[name] = value?.DeepClone();
        }

        return merged;
    }
}
