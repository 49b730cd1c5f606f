using LlmPlatform.Recipes.Running;

namespace LlmPlatform.Recipes.Data;

/// <summary>
/// Korean questions with short friendly answers: a CSV of <c>Q,A,label</c> with quoted cells. Only label 0 (everyday life) is read;
/// 1 and 2 are about love.
/// </summary>
public static class KoreanChatbot
{
    /// <summary>The folder below the data folder.</summary>
    public const string Folder = "ko-chatbot";

    /// <summary>Where the data comes from.</summary>
    public const string Source = "https://github.com/songys/Chatbot_data";

    /// <summary>Its licence.</summary>
    public const string License = "MIT";

    private const string Everyday = "0";

    /// <summary>Questions and answers of everyday life, in the file's order.</summary>
    /// <param name="dataFolder">The folder with all data sets.</param>
    /// <exception cref="RecipeException">The file is missing or a record of it is wrong.</exception>
    public static IEnumerable<(string Question, string Answer)> Read(string dataFolder)
    {
        string path = Path.Combine(dataFolder, Folder, "ChatbotData.csv");
        if (!File.Exists(path))
        {
            throw new RecipeException($"{Folder}/ChatbotData.csv: there is no such file, expected the conversations of {Source}");
        }

        return Pairs(path);
    }

    private static IEnumerable<(string Question, string Answer)> Pairs(string path)
    {
        using StreamReader reader = new(path);
        int number = 0;
        foreach (IReadOnlyList<string> cells in CsvRecords.Read(reader, $"{Folder}/ChatbotData.csv"))
        {
            number++;
            if (cells.Count != 3)
            {
                throw new RecipeException($"{Folder}/ChatbotData.csv: record {number} has {cells.Count} cells, expected 3: Q, A and label");
            }

            if (number > 1 && cells[2].Trim() == Everyday && cells[0].Trim().Length > 0 && cells[1].Trim().Length > 0)
            {
                yield return (Plain(cells[0]), Plain(cells[1]));
            }
        }
    }

    private static string Plain(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Normalize();
}
