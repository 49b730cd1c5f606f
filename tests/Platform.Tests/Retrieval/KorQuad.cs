using System.Text.Json;
using LlmPlatform.Testing;

namespace LlmPlatform.Platform.Tests.Retrieval;

/// <summary>KorQuAD 1.0's development set: paragraphs that occur twice are one, in the order of first appearance.</summary>
internal sealed class KorQuad
{
    private KorQuad(List<string> passages, List<Question> questions)
    {
        Passages = passages;
        Questions = questions;
    }

    public IReadOnlyList<string> Passages { get; }

    public IReadOnlyList<Question> Questions { get; }

    /// <summary>Reads it, or skips the calling test.</summary>
    public static KorQuad Require()
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(SharedData.Require("data", "korquad", "KorQuAD_v1.0_dev.json")));
        List<string> passages = [];
        Dictionary<string, int> known = [];
        List<Question> questions = [];
        foreach (JsonElement paragraph in json.RootElement.GetProperty("data").EnumerateArray().SelectMany(article => article.GetProperty("paragraphs").EnumerateArray()))
        {
            string context = paragraph.GetProperty("context").GetString()!;
            if (!known.TryGetValue(context, out int passage))
            {
                passage = passages.Count;
                passages.Add(context);
                known.Add(context, passage);
            }

            questions.AddRange(paragraph.GetProperty("qas").EnumerateArray().Select(question => new Question(
                question.GetProperty("question").GetString()!,
                passage,
                [.. question.GetProperty("answers").EnumerateArray().Select(answer => answer.GetProperty("text").GetString()!).Distinct()])));
        }

        return new KorQuad(passages, questions);
    }

    /// <summary>A question about a passage.</summary>
    internal sealed record Question(string Text, int Passage, IReadOnlyList<string> Answers);
}
