using System.Text.Json.Nodes;

namespace LlmPlatform.Training.Data;

/// <summary>A prompt and two answers as a row holds them.</summary>
/// <param name="Prompt">What is answered.</param>
/// <param name="Chosen">The better answer.</param>
/// <param name="Rejected">The worse answer.</param>
internal sealed record PreferencePair(RowText Prompt, RowText Chosen, RowText Rejected)
{
    /// <summary>
    /// Reads TRL's forms (<c>prompt</c>, <c>chosen</c>, <c>rejected</c>; without a prompt what both answers begin with is the
    /// prompt) and OpenAI's (<c>input.messages</c>, <c>preferred_output</c>, <c>non_preferred_output</c>).
    /// </summary>
    /// <exception cref="RowException">The row is none of these, or both answers are the same.</exception>
    public static PreferencePair Read(JsonObject row)
    {
        ChatMl.Convert(row);
        FromOpenAi(row);
        RowText chosen = RowText.Read(row, "chosen");
        RowText rejected = RowText.Read(row, "rejected");
        RowText? prompt = row["prompt"] is null ? null : RowText.Read(row, "prompt");
        bool conversational = chosen.Messages is not null;
        if ((rejected.Messages is not null) != conversational || prompt is not null && (prompt.Messages is not null) != conversational)
        {
            throw new RowException("prompt, chosen and rejected: some are strings and some messages, expected all of a kind");
        }

        if (chosen.SameAs(rejected))
        {
            throw new RowException("chosen and rejected are equal, expected two answers of which one is better");
        }

        return prompt is null ? ExtractPrompt(chosen, rejected) : new PreferencePair(prompt, chosen, rejected);
    }

    /// <summary>Checks that there is a prompt to answer.</summary>
    /// <exception cref="RowException">The answers begin with different messages.</exception>
    public PreferencePair RequirePrompt() => Prompt.Messages is { Count: 0 }
        ? throw new RowException("chosen and rejected begin with different messages, expected a prompt in common or a field prompt")
        : this;

    /// <summary>
    /// TRL's <c>extract_prompt</c>: the prompt is what both begin with, by characters or by messages; one space at its end goes
    /// to the answers. If nothing differs the last element compared is not part of it.
    /// </summary>
    public static PreferencePair ExtractPrompt(RowText chosen, RowText rejected)
    {
        if (chosen.Messages is { } better && rejected.Messages is { } worse)
        {
            int shorter = Math.Min(better.Count, worse.Count);
            int cut = 0;
            while (cut < shorter - 1 && JsonNode.DeepEquals(better[cut], worse[cut]))
            {
                cut++;
            }

            return new PreferencePair(
                new RowText(null, [.. better.Take(cut)]), new RowText(null, [.. better.Skip(cut)]), new RowText(null, [.. worse.Skip(cut)]));
        }

        string first = chosen.Text!;
        string second = rejected.Text!;
        int length = Prefixes.Common(first, second);
        if (length > 0 && length == Math.Min(first.Length, second.Length))
        {
            length -= char.IsLowSurrogate(first[length - 1]) ? 2 : 1;
        }
        else if (length > 0 && first[length - 1] == ' ')
        {
            length--;
        }

        return new PreferencePair(new RowText(first[..length], null), new RowText(first[length..], null), new RowText(second[length..], null));
    }

    private static void FromOpenAi(JsonObject row)
    {
        if (!row.ContainsKey("preferred_output") && !row.ContainsKey("non_preferred_output"))
        {
            return;
        }

        if (row["input"] is not JsonObject input)
        {
            throw new RowException($"input: a JSON {DataFiles.Kind(row["input"])}, expected an object with messages");
        }

        Move(input, "messages", row, "prompt");
        Move(input, "tools", row, "tools");
        Move(row, "preferred_output", row, "chosen");
        Move(row, "non_preferred_output", row, "rejected");
        if (row["prompt"] is not JsonArray || row["chosen"] is not JsonArray || row["rejected"] is not JsonArray)
        {
            throw new RowException("input.messages, preferred_output and non_preferred_output: expected three arrays of messages");
        }
    }

    private static void Move(JsonObject from, string name, JsonObject to, string newName)
    {
        if (from.Remove(name, out JsonNode? value))
        {
            to[newName] = value;
        }
    }
}
