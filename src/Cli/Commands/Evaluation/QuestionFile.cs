using System.Globalization;
using System.Text.Json;
using LlmPlatform.Cli.Connection;

namespace LlmPlatform.Cli.Commands.Evaluation;

/// <summary>
/// Reads questions: JSON Lines of <c>{"query": "...", "relevant": ["name.md"]}</c>, or BEIR's form, where the lines have
/// <c>_id</c> and <c>text</c> and a table of query id, document and grade stands in a file of its own.
/// </summary>
internal static class QuestionFile
{
    private const int GradeColumns = 3;

    /// <exception cref="CommandException">A line is not as expected; the message names the file and the line.</exception>
    public static List<Question> Read(string path, string? judgements)
    {
        Dictionary<string, Dictionary<string, int>>? grades = judgements is null ? null : ReadJudgements(judgements);
        List<Question> questions = [];
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
            {
                questions.Add(Parse(line, $"{path}, line {number}", number, grades));
            }
        }

        // Without a relevant document there is nothing to find, and every measure would be 0.
        questions.RemoveAll(question => !question.Grades.Values.Any(grade => grade > 0));
        return questions.Count > 0 ? questions : throw new CommandException($"{path}: there is no question with a relevant document");
    }

    private static Question Parse(string line, string place, int number, Dictionary<string, Dictionary<string, int>>? grades)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            string id = root.TryGetProperty("_id", out JsonElement given) ? given.ToString() : number.ToString(CultureInfo.InvariantCulture);
            string? text = Text(root, "query") ?? Text(root, "text");
            if (text is null)
            {
                throw new CommandException($"{place}: expected \"query\" with the question's text");
            }

            return new Question(id, text, grades is null ? Relevant(root, place) : grades.GetValueOrDefault(id) ?? []);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new CommandException($"{place}: expected a JSON object such as {{\"query\": \"...\", \"relevant\": [\"name.md\"]}}");
        }
    }

    private static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static Dictionary<string, int> Relevant(JsonElement root, string place) =>
        root.TryGetProperty("relevant", out JsonElement list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Select(item => item.GetString() ?? "").Distinct().ToDictionary(name => name, _ => 1)
            : throw new CommandException($"{place}: expected \"relevant\" with a list of documents (or a table of them with --qrels)");

    private static Dictionary<string, Dictionary<string, int>> ReadJudgements(string path)
    {
        Dictionary<string, Dictionary<string, int>> grades = new(StringComparer.Ordinal);
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            string[] parts = line.Split('\t');
            if (string.IsNullOrWhiteSpace(line) || (number == 1 && parts.Length == GradeColumns && !int.TryParse(parts[^1], out _)))
            {
                // The heads of the columns.
                continue;
            }

            if (parts.Length != GradeColumns || !int.TryParse(parts[^1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int grade))
            {
                throw new CommandException($"{path}, line {number}: expected query id, document and grade, with tabs between them");
            }

            if (!grades.TryGetValue(parts[0], out Dictionary<string, int>? own))
            {
                own = grades[parts[0]] = new Dictionary<string, int>(StringComparer.Ordinal);
            }

            own[parts[1]] = grade;
        }

        return grades;
    }
}
