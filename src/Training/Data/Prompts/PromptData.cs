using System.Text.Json.Nodes;

namespace LlmPlatform.Training.Data;

/// <summary>Prompts that a model is to answer itself, by the rules of TRL's GRPOTrainer.</summary>
internal static class PromptData
{
    /// <summary>One row as tokens, of a conversation with the generation prompt. Batches are filled up on the left.</summary>
    /// <exception cref="RowException">The row cannot be used.</exception>
    public static int[] Encode(JsonObject row, DataTokenizer tokenizer)
    {
        ChatMl.Convert(row);
        return new AnsweredPrompt(tokenizer, RowText.Read(row, "prompt"), row).Prompt();
    }
}
