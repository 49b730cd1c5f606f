using System.Text;
using LlmPlatform.Recipes.Running;

namespace LlmPlatform.Recipes.Data;

/// <summary>Reads comma-separated values (RFC 4180): a quoted cell holds commas, line breaks and doubled quotes.</summary>
internal static class CsvRecords
{
    private const int MaxCell = 10_000;

    /// <summary>The records in order.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="name">For messages.</param>
    /// <exception cref="RecipeException">A cell does not end.</exception>
    public static IEnumerable<IReadOnlyList<string>> Read(TextReader reader, string name)
    {
        List<string> cells = [];
        StringBuilder cell = new();
        bool quoted = false;
        bool any = false;
        for (int next = reader.Read(); next >= 0; next = reader.Read())
        {
            char letter = (char)next;
            any = true;
            if (cell.Length > MaxCell)
            {
                throw new RecipeException($"{name}: a cell of more than {MaxCell} characters, expected its quotes to be closed");
            }

            if (quoted && letter == '"' && reader.Peek() == '"')
            {
                cell.Append((char)reader.Read());
            }
            else if (letter == '"')
            {
                quoted = !quoted;
            }
            else if (quoted || letter is not (',' or '\n' or '\r'))
            {
                cell.Append(letter);
            }
            else if (letter != '\r')
            {
                cells.Add(cell.ToString());
                cell.Clear();
                if (letter == '\n')
                {
                    yield return cells;
                    (cells, any) = ([], false);
                }
            }
        }

        if (any)
        {
            cells.Add(cell.ToString());
            yield return cells;
        }
    }
}
