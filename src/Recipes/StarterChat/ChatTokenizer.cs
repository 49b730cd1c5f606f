using System.Text.Json.Nodes;
using LlmPlatform.Tokenization.Trainers;

namespace LlmPlatform.Recipes.StarterChat;

/// <summary>
/// The tokenizer of starter-chat: BPE over bytes, so that no text is unknown, and a chat template of three special tokens.
/// </summary>
internal static class ChatTokenizer
{
    /// <summary>Ends a turn and a text.</summary>
    public const string End = "<|end|>";

    /// <summary>Begins a turn of the user.</summary>
    public const string User = "<|user|>";

    /// <summary>Begins a turn of the assistant.</summary>
    public const string Assistant = "<|assistant|>";

    /// <summary>The id of <see cref="End"/>: special tokens come first.</summary>
    public const int EndId = 0;

    // A model of this size does not follow system messages: it never sees any.
    private const string Template =
        "{%- for message in messages -%}"
        + "{%- if message['role'] == 'user' or message['role'] == 'assistant' -%}"
        + "{{ '<|' + message['role'] + '|>' + message['content'] | trim + '<|end|>' }}"
        + "{%- endif -%}"
        + "{%- endfor -%}"
        + "{%- if add_generation_prompt -%}{{ '<|assistant|>' }}{%- endif -%}";

    /// <summary>Learns the pieces from texts.</summary>
    /// <param name="texts">Read once.</param>
    /// <param name="size">Pieces, special tokens and bytes included.</param>
    /// <param name="cancellationToken">Ends the training.</param>
    public static TrainedTokenizer Train(IEnumerable<string> texts, int size, CancellationToken cancellationToken)
    {
        BpeTrainer trainer = new(new BpeTrainerOptions
        {
            VocabSize = size,
            SpecialTokens = [End, User, Assistant],
            InitialAlphabet = [.. BpeTrainerOptions.ByteLevelAlphabet],
        });
        TokenizerParts parts = TokenizerParts.ByteLevel() with { Normalizer = new JsonObject { ["type"] = "NFC" } };
        return trainer.Train(texts, parts, cancellationToken: cancellationToken);
    }

    /// <summary>Writes tokenizer.json and tokenizer_config.json.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="folder">Made where it is missing.</param>
    /// <param name="maxLength">Tokens that the model reads.</param>
    public static void Save(TrainedTokenizer tokenizer, string folder, int maxLength) => tokenizer.SaveFolder(
        folder, new TokenizerConfig { EosToken = End, ModelMaxLength = maxLength, ChatTemplate = Template });

    /// <summary>A conversation as the chat template writes it.</summary>
    public static string Render(IEnumerable<Data.Turn> turns) => string.Concat(turns.Select(turn => $"<|{turn.Role}|>{turn.Content.Trim()}{End}"));
}
