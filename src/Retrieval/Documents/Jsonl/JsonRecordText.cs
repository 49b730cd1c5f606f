using System.Text;
using System.Text.Json;

namespace LlmPlatform.Retrieval.Documents.Jsonl;

/// <summary>
/// A record as people read it: a line per value, "name: value"; names of nested objects joined by dots, short lists in one
/// line. Nulls are left out.
/// </summary>
internal static class JsonRecordText
{
    // Names of nested objects repeat on every line: long ones would make much text of a small file.
    private const int MostNameLength = 200;

    /// <summary>The text. (The recursion is as deep as the reader lets values nest.)</summary>
    public static string Of(JsonElement record)
    {
        StringBuilder text = new();
        Add(text, "", record);
        return text.ToString();
    }

    private static void Add(StringBuilder text, string name, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty property in value.EnumerateObject())
                {
                    Add(text, Name(name, property), property.Value);
                }

                break;
            case JsonValueKind.Array when value.EnumerateArray().Any(item => item.ValueKind is JsonValueKind.Object or JsonValueKind.Array):
                foreach (JsonElement item in value.EnumerateArray())
                {
                    Add(text, name, item);
                }

                break;
            case JsonValueKind.Array:
                AddLine(text, name, string.Join(", ", value.EnumerateArray().Select(Scalar).Where(item => item.Length > 0)));
                break;
            default:
                AddLine(text, name, Scalar(value));
                break;
        }
    }

    private static void AddLine(StringBuilder text, string name, string value)
    {
        if (value.Length == 0)
        {
            return;
        }

        if (text.Length > 0)
        {
            text.Append('\n');
        }

        if (name.Length > 0)
        {
            text.Append(name).Append(": ");
        }

        text.Append(value.ReplaceLineEndings("\n"));
    }

    private static string Name(string parent, JsonProperty property)
    {
        string name = Valid(() => property.Name);
        name = parent.Length == 0 ? name : $"{parent}.{name}";
        return name.Length <= MostNameLength ? name : name[^MostNameLength..];
    }

    private static string Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Valid(() => value.GetString()!).Replace('\0', '\uFFFD'),
        JsonValueKind.Null => "",
        _ => value.GetRawText(),
    };

    // Half a surrogate pair, which JSON can write, is no text.
    private static string Valid(Func<string> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            return "\uFFFD";
        }
    }
}
