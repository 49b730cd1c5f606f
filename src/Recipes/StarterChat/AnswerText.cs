namespace LlmPlatform.Recipes.StarterChat;

/// <summary>What can be told of an answer by its letters.</summary>
public static class AnswerText
{
    // A Korean sentence may hold a command and names in Latin letters.
    private const double LeastHangul = 0.2;

    /// <summary>Whether an answer holds a fact, whatever the case and the spaces.</summary>
    public static bool Holds(string answer, string fact) => Plain(answer).Contains(Plain(fact), StringComparison.OrdinalIgnoreCase);

    /// <summary>ko where a fifth of the letters are Hangul, else en.</summary>
    public static string LanguageOf(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int letters = text.Count(char.IsLetter);
        return letters > 0 && text.Count(IsHangul) >= LeastHangul * letters ? "ko" : "en";
    }

    private static bool IsHangul(char letter) => letter is >= '가' and <= '힣' or >= 'ㄱ' and <= 'ㅣ';

    private static string Plain(string text) => string.Concat(text.Normalize().Where(letter => !char.IsWhiteSpace(letter)));
}
