using System.Collections.Immutable;
using System.Text.Json;
using LlmPlatform.Recipes.Running;

namespace LlmPlatform.Recipes.Data;

/// <summary>A turn of a conversation.</summary>
/// <param name="Role">user or assistant.</param>
/// <param name="Content">What was said.</param>
public sealed record Turn(string Role, string Content);

/// <summary>Short dialogues: gzipped JSON Lines with <c>messages</c>, beginning with the user and ending with the assistant.</summary>
public static class Dialogues
{
    /// <summary>The folder below the data folder.</summary>
    public const string Folder = "dialogues";

    /// <summary>Where the data comes from.</summary>
    public const string Source =
        "https://github.com/gunthercox/chatterbot-corpus, https://github.com/yizhongw/self-instruct, "
        + "https://github.com/google-research-datasets/Taskmaster, https://github.com/alexa/Topical-Chat";

    /// <summary>Its licence: of each source, in order.</summary>
    public const string License = "BSD-3-Clause, Apache-2.0, CC BY 4.0, CDLA-Sharing-1.0 (the data itself is not passed on)";

    /// <summary>chatterbot-corpus in English.</summary>
    public const string ChatterbotEnglish = "chatterbot-english";

    /// <summary>chatterbot-corpus in Korean.</summary>
    public const string ChatterbotKorean = "chatterbot-korean";

    /// <summary>Instructions and answers by people.</summary>
    public const string SelfInstruct = "self-instruct-seed";

    /// <summary>Orders of coffee.</summary>
    public const string Taskmaster = "taskmaster-4";

    /// <summary>Conversations about news and facts.</summary>
    public const string TopicalChat = "topical-chat";

    /// <summary>The parts' names.</summary>
    public static readonly ImmutableArray<string> Parts = [ChatterbotEnglish, ChatterbotKorean, SelfInstruct, Taskmaster, TopicalChat];

    /// <summary>The conversations of one part, in the file's order.</summary>
    /// <param name="dataFolder">The folder with all data sets.</param>
    /// <param name="part">One of the parts' names above.</param>
    /// <exception cref="RecipeException">The file is missing or a line of it is wrong.</exception>
    public static IEnumerable<IReadOnlyList<Turn>> Read(string dataFolder, string part)
    {
        string path = Path.Combine(dataFolder, Folder, part + ".jsonl.gz");
        if (!File.Exists(path))
        {
            throw new RecipeException($"{Folder}/{part}.jsonl.gz: there is no such file, expected dialogues of {Source}");
        }

        return GzippedRows.ReadFile(path, $"{Folder}/{part}.jsonl.gz", Turns);
    }

    private static IReadOnlyList<Turn> Turns(JsonElement row)
    {
        List<Turn> turns = [];
        foreach (JsonElement message in row.GetProperty("messages").EnumerateArray())
        {
            string role = message.GetProperty("role").GetString() ?? "";
            string content = message.GetProperty("content").GetString() ?? "";
            turns.Add(role == (turns.Count % 2 == 0 ? "user" : "assistant") && content.Length > 0
                ? new Turn(role, Plain(content))
                : throw new JsonException("turns are not the user's and the assistant's by turns"));
        }

        return turns.Count > 0 && turns.Count % 2 == 0 ? turns : throw new JsonException("the last turn is not the assistant's");
    }

    // Some texts of the source end in an escaped line break.
    private static string Plain(string text) => text.Replace("\\r", " ", StringComparison.Ordinal).Replace("\\n", " ", StringComparison.Ordinal).Trim().Normalize();
}
