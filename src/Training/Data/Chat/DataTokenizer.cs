using System.Text.Json.Nodes;
using LlmPlatform.Hub;
using LlmPlatform.Tokenization;
using LlmPlatform.Tokenization.ChatTemplates;

namespace LlmPlatform.Training.Data;

/// <summary>What turns rows into tokens: a model's tokenizer, its special tokens and its chat template. Safe to share between threads.</summary>
public sealed class DataTokenizer
{
    private static readonly string[] OtherSpecialTokens = ["unk_token", "pad_token", "sep_token", "cls_token", "mask_token"];

    /// <summary>The tokenizer.</summary>
    public required Tokenizer Tokenizer { get; init; }

    /// <summary>Null for a model that is not for chat: conversations are then errors of the data.</summary>
    public ChatTemplate? ChatTemplate { get; init; }

    /// <summary>The token before a text, if the model has one.</summary>
    public string? BosToken { get; init; }

    /// <summary>The token after a text, if the model has one: put behind rows that are not conversations.</summary>
    public string? EosToken { get; init; }

    /// <summary>The id that fills batches up: that of <c>pad_token</c>, else of <c>eos_token</c>, else 0.</summary>
    public int PadId { get; init; }

    /// <summary>The id of <c>mask_token</c>, or null.</summary>
    public int? MaskId { get; init; }

    /// <summary>The other special tokens, which templates may name.</summary>
    public JsonObject? SpecialTokens { get; init; }

    /// <summary>
    /// The clock of templates that write the date. For a training that can be resumed it must stand still, since the same rows
    /// must give the same tokens on another day.
    /// </summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Reads the files of a model's folder.</summary>
    /// <exception cref="InvalidModelFileException">There is no tokenizer.json, or a file is wrong, the chat template included.</exception>
    public static DataTokenizer FromFolder(ModelFolder folder, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(folder);
        Tokenizer tokenizer = folder.ReadTokenizer();
        JsonObject others = [];
        foreach (string key in OtherSpecialTokens)
        {
            if (folder.FindSpecialToken(key) is { } token)
            {
                others[key] = token;
            }
        }

        string? eos = folder.FindSpecialToken("eos_token");
        return new DataTokenizer
        {
            Tokenizer = tokenizer,
            ChatTemplate = Template(folder),
            BosToken = folder.FindSpecialToken("bos_token"),
            EosToken = eos,
            PadId = Id(tokenizer, folder.FindSpecialToken("pad_token")) ?? Id(tokenizer, eos) ?? 0,
            MaskId = Id(tokenizer, folder.FindSpecialToken("mask_token")),
            SpecialTokens = others,
            Clock = clock,
        };
    }

    /// <summary>A plain text with the end-of-sequence token, if it does not end so already.</summary>
    internal string WithEos(string text) => EosToken is { } eos && !text.EndsWith(eos, StringComparison.Ordinal) ? text + eos : text;

    private static int? Id(Tokenizer tokenizer, string? token) => token is null ? null : tokenizer.TokenToId(token);

    private static ChatTemplate? Template(ModelFolder folder)
    {
        try
        {
            return folder.ChatTemplate is { } source ? ChatTemplate.Compile(source) : null;
        }
        catch (ChatTemplateException broken)
        {
            throw new InvalidModelFileException(
                folder.Path, "chat_template", null, $"a template that compiles; line {broken.Line}: {RowException.Cut(broken.Message)}", broken);
        }
    }
}
