using System.Text.Json.Nodes;

namespace LlmPlatform.Training.Data;

/// <summary>Prompts and answers as tokens, plain and conversational.</summary>
internal sealed class AnsweredPrompt
{
    private readonly DataTokenizer _tokenizer;
    private readonly ChatRenderer? _renderer;
    private readonly RowText _prompt;

    /// <summary>For one row.</summary>
    /// <exception cref="RowException">The row is a conversation and the model has no chat template.</exception>
    public AnsweredPrompt(DataTokenizer tokenizer, RowText prompt, JsonObject row)
    {
        _tokenizer = tokenizer;
        _prompt = prompt;
        _renderer = prompt.Messages is null ? null : new ChatRenderer(tokenizer, TemplateFields.Read(row));
    }

    /// <summary>The prompt alone; of a conversation with the generation prompt.</summary>
    public int[] Prompt() => _renderer is null
        ? _tokenizer.Tokenizer.EncodeIds(_prompt.Text!)
        : Ids(_renderer.Render(_prompt.Messages!, addGenerationPrompt: true).Text);

    /// <summary>The prompt with an answer; a plain answer ends with the end-of-sequence token.</summary>
    public int[] With(RowText answer) => _renderer is null
        ? _tokenizer.Tokenizer.EncodeIds(_prompt.Text + _tokenizer.WithEos(answer.Text!))
        : Ids(_renderer.Render([.. _prompt.Messages!, .. answer.Messages!]).Text);

    private int[] Ids(string text) => _tokenizer.Tokenizer.EncodeIds(text, addSpecialTokens: false);
}
