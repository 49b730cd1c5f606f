using System.Text.Json.Nodes;
using LlmPlatform.Tokenization;

namespace LlmPlatform.Training.Data;

/// <summary>Pairs of answers by the rules of TRL's CPOTrainer and ORPOTrainer, which differ from those of its DPOTrainer.</summary>
internal static class ReferenceFreeData
{
    /// <summary>
    /// One row as tokens. Where tokens merge across the border the answer takes one token of the prompt, never more. The
    /// beginning-of-sequence token goes before the ids and the end-of-sequence token behind them. If prompt and longer answer are
    /// too long together, both answers are cut to the room that the prompt leaves.
    /// </summary>
    /// <exception cref="RowException">The row cannot be used.</exception>
    public static ReferenceFreeExample Encode(JsonObject row, DataTokenizer tokenizer, int maxLength)
    {
        (string prompt, string chosen, string rejected) = Texts(PreferencePair.Read(row).RequirePrompt(), tokenizer, row);
        int[] promptIds = tokenizer.Tokenizer.EncodeIds(prompt, addSpecialTokens: false);
        (int[] Prompt, int[] Answer) better = Split(promptIds, prompt + chosen, tokenizer);
        (int[] Prompt, int[] Answer) worse = Split(promptIds, prompt + rejected, tokenizer);
        promptIds = WithBos(promptIds[..Math.Min(better.Prompt.Length, worse.Prompt.Length)], tokenizer);
        better = (WithBos(better.Prompt, tokenizer), WithEos(better.Answer, tokenizer));
        worse = (WithBos(worse.Prompt, tokenizer), WithEos(worse.Answer, tokenizer));
        int longer = Math.Max(better.Answer.Length, worse.Answer.Length);
        return new ReferenceFreeExample(promptIds, Labelled(better, longer, maxLength), Labelled(worse, longer, maxLength));
    }

    /// <summary>Rows filled up on the right, [rows, length]: ids with their mask, and labels.</summary>
    public static (PaddedIds Ids, long[] Labels) Collate(IReadOnlyList<SftExample> rows, int padId)
    {
        PaddedIds ids = PaddedIds.Pad([.. rows.Select(row => row.InputIds)], padId);
        return (ids, PaddedIds.Fill([.. rows.Select(row => row.Labels)], ids.Length, SftExample.Ignored));
    }

    private static (string Prompt, string Chosen, string Rejected) Texts(PreferencePair pair, DataTokenizer tokenizer, JsonObject row)
    {
        if (pair.Prompt.Messages is null)
        {
            return (pair.Prompt.Text!, pair.Chosen.Text!, pair.Rejected.Text!);
        }

        JsonObject whole = row.DeepClone().AsObject();
        whole["prompt"] = pair.Prompt.ToNode();
        whole["chosen"] = pair.Chosen.ToNode();
        whole["rejected"] = pair.Rejected.ToNode();
        JsonObject texts = ChatText.Apply(tokenizer, whole);
        return ((string)texts["prompt"]!, (string)texts["chosen"]!, (string)texts["rejected"]!);
    }

    private static (int[] Prompt, int[] Answer) Split(int[] prompt, string whole, DataTokenizer tokenizer)
    {
        int[] ids = tokenizer.Tokenizer.EncodeIds(whole, addSpecialTokens: false);
        int start = ids.AsSpan().StartsWith(prompt) ? prompt.Length : Math.Min(ids.Length, prompt.Length) - 1;
        return start >= 0 ? (ids[..start], ids[start..]) : throw new TokenizationException("the prompt and the answer give no tokens");
    }

    private static SftExample Labelled((int[] Prompt, int[] Answer) sequence, int longerAnswer, int maxLength)
    {
        int room = sequence.Prompt.Length + longerAnswer > maxLength ? Math.Max(0, maxLength - sequence.Prompt.Length) : int.MaxValue;
        int[] answer = sequence.Answer[..Math.Min(room, sequence.Answer.Length)];
        return new SftExample(
            [.. sequence.Prompt, .. answer], [.. Enumerable.Repeat(SftExample.Ignored, sequence.Prompt.Length), .. answer]);
    }

    private static int[] WithBos(int[] ids, DataTokenizer tokenizer) =>
        Id(tokenizer, tokenizer.BosToken) is { } bos && (ids.Length == 0 || ids[0] != bos) ? [bos, .. ids] : ids;

    private static int[] WithEos(int[] ids, DataTokenizer tokenizer) =>
        Id(tokenizer, tokenizer.EosToken) is { } eos && (ids.Length == 0 || ids[^1] != eos) ? [.. ids, eos] : ids;

    private static int? Id(DataTokenizer tokenizer, string? token) => token is null ? null : tokenizer.Tokenizer.TokenToId(token);
}
