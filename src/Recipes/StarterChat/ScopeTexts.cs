using System.Collections.Immutable;
using System.Text.Json;
using LlmPlatform.Recipes.Running;

namespace LlmPlatform.Recipes.StarterChat;

/// <summary>
/// Reads the texts that we wrote (<c>recipes/starter-chat/texts/*.jsonl</c>): a line an answer, with <c>id</c>, <c>category</c>
/// (greeting, smalltalk, platform, outside), <c>language</c> (ko, en), <c>fact</c> (what the answer must hold; several with |
/// between), <c>questions</c> and <c>answer</c>.
/// </summary>
public static class ScopeTexts
{
    /// <summary>The command that every answer to a question from outside names.</summary>
    public const string Abstention = "llm pull";

    private const string Folder = "starter-chat/texts";
    private const int Shown = 64;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    /// <summary>All texts of this build, by file and line.</summary>
    /// <exception cref="RecipeException">A line is wrong, or two lines have an id or a question in common.</exception>
    public static IReadOnlyList<ScopeText> Load()
    {
        List<ScopeText> texts = [];
        foreach (string path in RecipeResources.List(Folder))
        {
            using StreamReader reader = new(RecipeResources.Open(path));
            texts.AddRange(Parse(reader, $"recipes/{path}"));
        }

        RequireDifferent(texts);
        return texts;
    }

    /// <summary>Reads the lines of one file.</summary>
    /// <param name="reader">JSON Lines.</param>
    /// <param name="path">For messages.</param>
    /// <exception cref="RecipeException">A line is wrong.</exception>
    public static IEnumerable<ScopeText> Parse(TextReader reader, string path)
    {
        ArgumentNullException.ThrowIfNull(reader);
        int number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (line.Length > 0)
            {
                yield return Text(line, $"{path}:{number}");
            }
        }
    }

    /// <summary>Checks that no two texts have an id or a question in common.</summary>
    /// <exception cref="RecipeException">Two have.</exception>
    internal static void RequireDifferent(IEnumerable<ScopeText> texts)
    {
        Dictionary<string, string> ids = new(StringComparer.Ordinal);
        Dictionary<string, string> questions = new(StringComparer.Ordinal);
        foreach (ScopeText text in texts)
        {
            if (!ids.TryAdd(text.Id, text.Id))
            {
                throw new RecipeException($"recipes/{Folder}: id {Cut(text.Id)} stands twice, expected each once");
            }

            foreach (string question in text.Questions)
            {
                string key = QuestionSplit.Key(question);
                if (!questions.TryAdd(key, text.Id))
                {
                    throw new RecipeException($"recipes/{Folder}: {Cut(text.Id)} and {Cut(questions[key])} both have the question '{Cut(question)}', expected it once");
                }
            }
        }
    }

    private static ScopeText Text(string line, string place)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line, Strict);
            JsonElement root = document.RootElement;
            ScopeText text = new(
                String(root, "id", place),
                Category(String(root, "category", place), place),
                String(root, "language", place),
                [.. root.GetProperty("fact").GetString()!.Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
                [.. root.GetProperty("questions").EnumerateArray().Select(question => question.GetString()!.Trim().Normalize())],
                String(root, "answer", place));
            Require(text.Language is "ko" or "en", place, "language", text.Language, "ko or en");
            Require(text.Questions.Length >= QuestionSplit.LeastTraining, place, "questions", $"{text.Questions.Length} of them", $"at least {QuestionSplit.LeastTraining}");
            Require(text.Questions.All(question => question.Length > 0), place, "questions", "an empty one", "texts");
            Require(
                text.Facts.IsEmpty || text.Facts.Any(fact => AnswerText.Holds(text.Answer, fact)), place, "fact", string.Join('|', text.Facts), "a part of the answer");
            Require(
                (text.Category == ScopeCategory.Outside) == text.Answer.Contains(Abstention, StringComparison.Ordinal) || text.Category == ScopeCategory.Platform,
                place, "answer", text.Answer, $"'{Abstention}' in answers of outside, and only there and in platform");
            return text;
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException or NullReferenceException)
        {
            throw new RecipeException($"{place}: expected an object with the texts id, category, language, fact and answer and the list questions", broken);
        }
    }

    private static string String(JsonElement root, string key, string place)
    {
        string value = root.GetProperty(key).GetString() ?? "";
        Require(value.Trim().Length > 0, place, key, value, "a text");
        return value.Trim().Normalize();
    }

    private static ScopeCategory Category(string name, string place) =>
        Enum.TryParse(name, ignoreCase: true, out ScopeCategory category) && Enum.IsDefined(category)
            ? category
            : throw new RecipeException($"{place}: category is '{Cut(name)}', expected greeting, smalltalk, platform or outside");

    private static void Require(bool met, string place, string key, string value, string expected)
    {
        if (!met)
        {
            throw new RecipeException($"{place}: {key} is '{Cut(value)}', expected {expected}");
        }
    }

    private static string Cut(string text) => text.Length <= Shown ? text : text[..Shown];
}
