using System.Text.Json.Nodes;

namespace LlmPlatform.Tokenization.ChatTemplates;

/// <summary>What a chat template renders: a conversation and the variables around it, named as in transformers.</summary>
public sealed class ChatTemplateInput
{
    /// <summary>The messages, each an object with <c>role</c> and, as a rule, <c>content</c>. Not empty.</summary>
    public required IReadOnlyList<JsonObject> Messages { get; init; }

    /// <summary>JSON schemas of the tools the model may call, or null when there are none.</summary>
    public IReadOnlyList<JsonObject>? Tools { get; init; }

    /// <summary>Documents (<c>title</c>, <c>text</c>) to answer from, or null when there are none.</summary>
    public IReadOnlyList<JsonObject>? Documents { get; init; }

    /// <summary>Whether to end with the opening of an assistant's message, so that the model writes it.</summary>
    public bool AddGenerationPrompt { get; init; }

    /// <summary>
    /// Whether the model goes on with the last message: the text ends where that message's content ends.
    /// Excludes <see cref="AddGenerationPrompt"/>.
    /// </summary>
    public bool ContinueFinalMessage { get; init; }

    /// <summary>The tokenizer's <c>bos_token</c>; null leaves the variable undefined.</summary>
    public string? BosToken { get; init; }

    /// <summary>The tokenizer's <c>eos_token</c>; null leaves the variable undefined.</summary>
    public string? EosToken { get; init; }

    /// <summary>Further variables (other special tokens, <c>enable_thinking</c>, ...); these win over the ones above.</summary>
    public JsonObject? Extra { get; init; }

    /// <summary>The clock and time zone of <c>strftime_now</c>.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
