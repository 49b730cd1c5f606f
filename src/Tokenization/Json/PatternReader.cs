using LlmPlatform.Tokenization.Regexes;

namespace LlmPlatform.Tokenization.Json;

/// <summary>Reads a <c>pattern</c>: <c>{"String": ...}</c> or <c>{"Regex": ...}</c>.</summary>
internal static class PatternReader
{
    public static Pattern Read(JsonField field)
    {
        if (field.Has("String"))
        {
            return new LiteralPattern(field["String"].AsString());
        }

        if (!field.Has("Regex"))
        {
            throw field.Error("{\"String\": text} or {\"Regex\": expression}");
        }

        JsonField regex = field["Regex"];
        try
        {
            return new RegexPattern(regex.AsString());
        }
        catch (FormatException cause)
        {
            throw regex.Error($"a regular expression in Oniguruma's syntax ({cause.Message})", cause);
        }
    }
}
