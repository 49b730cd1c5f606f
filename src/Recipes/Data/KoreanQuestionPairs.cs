using LlmPlatform.Recipes.Running;

namespace LlmPlatform.Recipes.Data;

/// <summary>Two questions.</summary>
/// <param name="First">The one.</param>
/// <param name="Second">The other.</param>
/// <param name="SameMeaning">Whether they mean the same.</param>
public sealed record QuestionPair(string First, string Second, bool SameMeaning);

/// <summary>
/// Korean questions and sayings in pairs: a CSV of <c>id,qid1,qid2,question1,question2,is_duplicate</c>, in which 0 says that both mean
/// the same. Only the part for training is read; the other is for evaluation.
/// </summary>
public static class KoreanQuestionPairs
{
    /// <summary>The folder below the data folder.</summary>
    public const string Folder = "ko-question-pair";

    /// <summary>Where the data comes from.</summary>
    public const string Source = "https://github.com/songys/Question_pair";

    /// <summary>Its licence.</summary>
    public const string License = "MIT";

    private const string FileName = "kor_pair_train.csv";
    private const string SameMeaning = "0";
    private const int Cells = 6;

    /// <summary>The pairs, in the file's order.</summary>
    /// <param name="dataFolder">The folder with all data sets.</param>
    /// <exception cref="RecipeException">The file is missing or a record is wrong.</exception>
    public static IEnumerable<QuestionPair> Read(string dataFolder)
    {
        string path = Path.Combine(dataFolder, Folder, FileName);
        return File.Exists(path)
            ? Pairs(path)
            : throw new RecipeException($"{Folder}/{FileName}: there is no such file in {dataFolder}, expected the pairs of {Source}");
    }

    private static IEnumerable<QuestionPair> Pairs(string path)
    {
        using StreamReader reader = new(path);
        int number = 0;
        foreach (IReadOnlyList<string> cells in CsvRecords.Read(reader, $"{Folder}/{FileName}"))
        {
            number++;
            if (cells.Count < Cells)
            {
                throw new RecipeException($"{Folder}/{FileName}: record {number} has {cells.Count} cells, expected {Cells} with two questions and a label");
            }

            if (number > 1)
            {
                yield return new QuestionPair(Plain(cells[3]), Plain(cells[4]), cells[5].Trim() == SameMeaning);
            }
        }
    }

    private static string Plain(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Normalize();
}
