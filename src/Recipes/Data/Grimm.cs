using System.Text;
using LlmPlatform.Recipes.Running;

namespace LlmPlatform.Recipes.Data;

/// <summary>Grimms' fairy tales in English: a text of lines; a title stands alone in capitals, a blank line parts paragraphs.</summary>
public static class Grimm
{
    /// <summary>The folder below the data folder.</summary>
    public const string Folder = "grimm";

    /// <summary>Where the data comes from.</summary>
    public const string Source = "https://www.gutenberg.org/ebooks/2591";

    /// <summary>Its licence.</summary>
    public const string License = "public domain";

    private const long MaxBytes = 16 << 20;

    /// <summary>The tales in the book's order, each with its title, paragraphs parted by blank lines.</summary>
    /// <param name="dataFolder">The folder with all data sets.</param>
    /// <exception cref="RecipeException">The file is missing or larger than any edition of the book.</exception>
    public static IEnumerable<string> Read(string dataFolder)
    {
        FileInfo file = new(Path.Combine(dataFolder, Folder, "GrimmsFairyTales.txt"));
        if (!file.Exists || file.Length > MaxBytes)
        {
            throw new RecipeException(
                $"{Folder}/GrimmsFairyTales.txt: {(file.Exists ? $"{file.Length} bytes" : "there is no such file")}, expected the tales of {Source} in at most {MaxBytes} bytes");
        }

        return Tales(File.ReadLines(file.FullName));
    }

    /// <summary>Lines as tales.</summary>
    internal static IEnumerable<string> Tales(IEnumerable<string> lines)
    {
        List<string> paragraphs = [];
        StringBuilder paragraph = new();
        foreach (string line in lines.Select(line => line.Trim()).Append(""))
        {
            if (line.Length > 0)
            {
                paragraph.Append(paragraph.Length > 0 ? " " : "").Append(line);
                continue;
            }

            if (paragraph.Length == 0)
            {
                continue;
            }

            string text = paragraph.ToString();
            paragraph.Clear();
            if (IsTitle(text) && paragraphs.Count > 1)
            {
                yield return string.Join("\n\n", paragraphs);
                paragraphs = [];
            }

            paragraphs.Add(text);
        }

        if (paragraphs.Count > 1)
        {
            yield return string.Join("\n\n", paragraphs);
        }
    }

    private static bool IsTitle(string text) => text.Length <= 100 && text.Any(char.IsLetter) && !text.Any(char.IsLower);
}
