using System.Text.Json.Nodes;
using LlmPlatform.Tokenization;
using LlmPlatform.Tokenization.ChatTemplates;

namespace LlmPlatform.Training.Data;

/// <summary>
/// Where the assistant's turns lie in a rendered conversation.
/// <para>
/// A template with <c>{% generation %}</c> says so itself. For any other the turn of message i is found by rendering its
/// beginnings: messages before it with the generation prompt (there the model begins to write), and messages up to it (there
/// the turn ends). Both must be beginnings of the whole; a template that renders a message otherwise once more follow cannot be
/// trained on this way, and the row is an error. White space behind the end-of-sequence token is not part of a turn, since the
/// model has stopped by then.
/// </para>
/// </summary>
internal static class AssistantTurns
{
    /// <summary>Spans of the turns that are learnt, in UTF-16 units of the text, in order.</summary>
    /// <param name="renderer">The row's template.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="learnt">For each message whether it is the assistant's and learnt.</param>
    /// <param name="whole">The conversation rendered.</param>
    /// <param name="eosToken">The token that ends a turn, if known.</param>
    /// <exception cref="RowException">The turns cannot be told.</exception>
    public static List<(int Start, int End)> Find(
        ChatRenderer renderer, IReadOnlyList<JsonObject> messages, bool[] learnt, RenderedChat whole, string? eosToken)
    {
        int[] turns = [.. Enumerable.Range(0, messages.Count).Where(i => MessageList.Role(messages[i]) == MessageList.Assistant)];
        if (turns.Length == 0)
        {
            throw new RowException("no message has the role assistant, expected at least one to learn from");
        }

        IReadOnlyList<AssistantSpan> marked = whole.AssistantSpans;
        if (marked.Count > 0 && turns.All(turn => learnt[turn]))
        {
            return [.. marked.Select(span => (span.Start, span.End))];
        }

        if (marked.Count == turns.Length)
        {
            return [.. marked.Where((_, i) => learnt[turns[i]]).Select(span => (span.Start, span.End))];
        }

        return [.. turns.Where(turn => learnt[turn]).Select(turn => ByBeginnings(renderer, messages, turn, whole.Text, eosToken))];
    }

    /// <summary>
    /// 1 for tokens of the spans. A span's tokens are those from the first to the last that share a character with it, as
    /// transformers' <c>return_assistant_tokens_mask</c> has it.
    /// </summary>
    public static bool[] TokenMask(Encoding encoding, string text, IEnumerable<(int Start, int End)> spans)
    {
        TokenOffset[] offsets = encoding.ToUtf16Offsets(text);
        bool[] mask = new bool[offsets.Length];
        foreach ((int start, int end) in spans)
        {
            int first = Array.FindIndex(offsets, token => token.Start < end && token.End > start);
            int last = Array.FindLastIndex(offsets, token => token.Start < end && token.End > start);
            if (first >= 0)
            {
                Array.Fill(mask, true, first, last - first + 1);
            }
        }

        return mask;
    }

    private static (int Start, int End) ByBeginnings(
        ChatRenderer renderer, IReadOnlyList<JsonObject> messages, int turn, string whole, string? eosToken)
    {
        if (turn == 0)
        {
            throw new RowException("messages[0]: the assistant speaks first, which only a chat template with {% generation %} can be trained on");
        }

        string before = renderer.Render([.. messages.Take(turn)], addGenerationPrompt: true).Text;
        string through = turn == messages.Count - 1 ? whole : renderer.Render([.. messages.Take(turn + 1)]).Text;
        if (!through.StartsWith(before, StringComparison.Ordinal) || !whole.StartsWith(through, StringComparison.Ordinal))
        {
            throw new RowException(
                $"messages[{turn}]: the chat template renders the beginning of the conversation otherwise than the whole, so that "
                + "the assistant's turn cannot be told: expected a template with {% generation %}");
        }

        string turnText = through[before.Length..];
        string trimmed = turnText.TrimEnd();
        bool endsWithToken = !string.IsNullOrEmpty(eosToken) && trimmed.EndsWith(eosToken, StringComparison.Ordinal);
        return (before.Length, before.Length + (endsWithToken ? trimmed.Length : turnText.Length));
    }
}
