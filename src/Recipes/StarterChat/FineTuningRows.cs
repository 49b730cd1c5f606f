using System.Collections.Immutable;
using LlmPlatform.Recipes.Data;
using LlmPlatform.Recipes.Running;

namespace LlmPlatform.Recipes.StarterChat;

/// <summary>The conversations that starter-chat is fine-tuned on.</summary>
internal static class FineTuningRows
{
    /// <summary>The data sets that are read.</summary>
    public static readonly ImmutableArray<string> Folders = [KoreanChatbot.Folder, Dialogues.Folder];

    private const string UserRole = "user";
    private const string AssistantRole = "assistant";

    /// <summary>Conversations by the numbers of a stage; the texts that we wrote come first.</summary>
    /// <param name="dataFolder">The folder with all data sets.</param>
    /// <param name="texts">The texts that we wrote: only wordings for training are used.</param>
    /// <param name="stage">Says how much of each is taken.</param>
    public static IEnumerable<IReadOnlyList<Turn>> Read(string dataFolder, IReadOnlyList<ScopeText> texts, StageRecipe stage)
    {
        ImmutableArray<ImmutableArray<Turn>> written = [.. Written(texts)];
        Random random = new(unchecked((int)stage.Job.Seed));
        for (long copy = 0; copy < stage.Number("scope_copies"); copy++)
        {
            foreach (ImmutableArray<Turn> pair in written)
            {
                yield return copy > 0 && random.Next(100) < stage.Number("history_percent") ? WithHistory(pair, written, random) : pair;
            }
        }

        foreach (IReadOnlyList<Turn> conversation in Everyday(dataFolder, stage))
        {
            yield return conversation;
        }
    }

    /// <summary>A pair of question and answer for every wording for training.</summary>
    public static IEnumerable<ImmutableArray<Turn>> Written(IEnumerable<ScopeText> texts) =>
        texts.SelectMany(text => QuestionSplit.Training(text).Select(question => Pair(question, text.Answer)));

    /// <summary>A question and its answer.</summary>
    public static ImmutableArray<Turn> Pair(string question, string answer) => [new Turn(UserRole, question), new Turn(AssistantRole, answer)];

    // What was said before must not change an answer: one or two other pairs, often of the same language as they come.
    private static ImmutableArray<Turn> WithHistory(ImmutableArray<Turn> pair, ImmutableArray<ImmutableArray<Turn>> all, Random random)
    {
        ImmutableArray<Turn> before = all[random.Next(all.Length)];
        return random.Next(2) == 0 ? [.. before, .. pair] : [.. all[random.Next(all.Length)], .. before, .. pair];
    }

    private static IEnumerable<IReadOnlyList<Turn>> Everyday(string dataFolder, StageRecipe stage)
    {
        long chatbot = stage.Number("ko_chatbot_percent");
        foreach (IReadOnlyList<Turn> pair in Some(KoreanChatbot.Read(dataFolder).Select(IReadOnlyList<Turn> (pair) => Pair(pair.Question, pair.Answer)), chatbot))
        {
            yield return pair;
        }

        foreach (string part in Dialogues.Parts)
        {
            long percent = stage.Number(part.Replace('-', '_') + "_percent");
            int longest = (int)stage.Number("longest_dialogue");
            foreach (IReadOnlyList<Turn> dialogue in Some(Dialogues.Read(dataFolder, part), percent).Select(turns => Cut(turns, longest)).Where(turns => turns.Count > 0))
            {
                yield return dialogue;
            }
        }
    }

    private static IEnumerable<IReadOnlyList<Turn>> Some(IEnumerable<IReadOnlyList<Turn>> rows, long percent)
    {
        int number = 0;
        foreach (IReadOnlyList<Turn> row in rows)
        {
            // As evenly as can be: the row at which a hundredth more is full.
            long before = number * percent / 100;
            number++;
            for (long copy = before; copy < number * percent / 100; copy++)
            {
                yield return row;
            }
        }
    }

    /// <summary>The first turns of at most so many characters in all, ending with the assistant's.</summary>
    internal static IReadOnlyList<Turn> Cut(IReadOnlyList<Turn> turns, int longest)
    {
        int length = 0;
        int kept = 0;
        for (int i = 0; i < turns.Count; i++)
        {
            length += turns[i].Content.Length;
            if (length > longest)
            {
                break;
            }

            kept = i % 2 == 1 ? i + 1 : kept;
        }

        return [.. turns.Take(kept)];
    }
}
