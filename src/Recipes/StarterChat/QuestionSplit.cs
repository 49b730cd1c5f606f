using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LlmPlatform.Recipes.StarterChat;

/// <summary>
/// Which wordings are trained on and which are only asked afterwards: by the hash of the question, so before anything is trained
/// and the same whatever else is written. About one in six is held out, and each text keeps at least three to learn from.
/// </summary>
public static class QuestionSplit
{
    /// <summary>Wordings that every text keeps for training.</summary>
    public const int LeastTraining = 3;

    private const int OneIn = 6;

    /// <summary>The wordings of a text that are trained on, in the text's order.</summary>
    public static IReadOnlyList<string> Training(ScopeText text)
    {
        HashSet<string> heldOut = [.. HeldOut(text)];
        return [.. text.Questions.Where(question => !heldOut.Contains(question))];
    }

    /// <summary>The wordings of a text that training never sees, by their hash.</summary>
    public static IReadOnlyList<string> HeldOut(ScopeText text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return
        [
            .. text.Questions.Where(question => Hash(question) % OneIn == 0)
                .OrderBy(Hash)
                .Take(Math.Max(0, text.Questions.Length - LeastTraining)),
        ];
    }

    /// <summary>
    /// Held-out questions for an evaluation: so many, half of each language, in the order of their hashes.
    /// </summary>
    /// <param name="texts">All texts.</param>
    /// <param name="outside">Whether questions from outside are wanted; else those whose answer must hold a fact.</param>
    /// <param name="count">How many.</param>
    public static IReadOnlyList<(string Question, ScopeText Text)> Evaluation(IEnumerable<ScopeText> texts, bool outside, int count)
    {
        (string Question, ScopeText Text)[] all =
        [
            .. texts.Where(text => outside ? text.Category == ScopeCategory.Outside : text.Category != ScopeCategory.Outside && !text.Facts.IsEmpty)
                .SelectMany(text => HeldOut(text).Select(question => (question, text)))
                .OrderBy(pair => Hash(pair.question)),
        ];
        (string Question, ScopeText Text)[] korean = [.. all.Where(pair => pair.Text.Language == "ko").Take(count - (count / 2))];
        return [.. korean, .. all.Where(pair => pair.Text.Language != "ko").Take(count - korean.Length)];
    }

    /// <summary>A place for a question among others that has to do with nothing but its wording.</summary>
    public static ulong Order(string question) => Hash(question);

    /// <summary>A question without case, spaces at its ends and marks behind it: what is the same wording.</summary>
    internal static string Key(string question) => string.Join(
        ' ',
        question.Normalize().ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('?', '!', '.', '~', ' ', '？');

    private static ulong Hash(string question) => BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(Key(question))));
}
