using System.Globalization;
using System.Text.Json.Nodes;

namespace LlmPlatform.Tokenization.Trainers;

/// <summary>
/// Writes JSON the way Hugging Face's <c>tokenizers</c> saves it: two spaces a level, one value a line, and all characters
/// but quotes, backslashes and control characters as they are. Files of the same content are then the same file.
/// </summary>
internal sealed class HuggingFaceJson(TextWriter writer)
{
    private int _depth;
    private bool _isFirst = true;
    private bool _afterName;

    public void BeginObject() => Begin('{');

    public void EndObject() => End('}');

    public void BeginArray() => Begin('[');

    public void EndArray() => End(']');

    public HuggingFaceJson Name(string name)
    {
        Separate();
        Quote(name);
        writer.Write(": ");
        _afterName = true;
        return this;
    }

    public void String(string? value)
    {
        if (value is null)
        {
            Null();
            return;
        }

        Separate();
        Quote(value);
    }

    public void Null() => Raw("null");

    public void Boolean(bool value) => Raw(value ? "true" : "false");

    public void Number(int value) => Raw(value.ToString(CultureInfo.InvariantCulture));

    /// <summary>The shortest text that gives the number back, always with a point or an exponent.</summary>
    public void Number(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        int exponent = text.IndexOf('E', StringComparison.Ordinal);
        Raw(exponent >= 0
            ? $"{text[..exponent]}e{int.Parse(text[(exponent + 1)..], CultureInfo.InvariantCulture)}"
            : text.Contains('.', StringComparison.Ordinal) ? text : text + ".0");
    }

    /// <summary>A vocabulary, by id.</summary>
    public void Vocabulary(IReadOnlyDictionary<string, int> ids)
    {
        BeginObject();
        foreach ((string piece, int id) in ids.OrderBy(entry => entry.Value))
        {
            Name(piece).Number(id);
        }

        EndObject();
    }

    public void Node(JsonNode? node)
    {
        switch (node)
        {
            case null:
                Null();
                break;
            case JsonObject members:
                BeginObject();
                foreach ((string name, JsonNode? value) in members)
                {
                    Name(name).Node(value);
                }

                EndObject();
                break;
            case JsonArray items:
                BeginArray();
                foreach (JsonNode? item in items)
                {
                    Node(item);
                }

                EndArray();
                break;
            case JsonValue value when value.TryGetValue(out string? text):
                String(text);
                break;
            default:
                Raw(node.ToJsonString());
                break;
        }
    }

    private void Raw(string text)
    {
        Separate();
        writer.Write(text);
    }

    private void Begin(char bracket)
    {
        Separate();
        writer.Write(bracket);
        _depth++;
        _isFirst = true;
    }

    private void End(char bracket)
    {
        _depth--;
        if (!_isFirst)
        {
            NewLine();
        }

        writer.Write(bracket);
        _isFirst = false;
    }

    // What stands before a value or a name.
    private void Separate()
    {
        if (_afterName)
        {
            _afterName = false;
            return;
        }

        if (!_isFirst)
        {
            writer.Write(',');
        }

        if (_depth > 0)
        {
            NewLine();
        }

        _isFirst = false;
    }

    private void NewLine()
    {
        writer.Write('\n');
        for (int i = 0; i < _depth; i++)
        {
            writer.Write("  ");
        }
    }

    private void Quote(string text)
    {
        writer.Write('"');
        foreach (char unit in text)
        {
            switch (unit)
            {
                case '"':
                    writer.Write("\\\"");
                    break;
                case '\\':
                    writer.Write("\\\\");
                    break;
                case '\b':
                    writer.Write("\\b");
                    break;
                case '\f':
                    writer.Write("\\f");
                    break;
                case '\n':
                    writer.Write("\\n");
                    break;
                case '\r':
                    writer.Write("\\r");
                    break;
                case '\t':
                    writer.Write("\\t");
                    break;
                case < ' ':
                    writer.Write("\\u");
                    writer.Write(((int)unit).ToString("x4", CultureInfo.InvariantCulture));
                    break;
                default:
                    writer.Write(unit);
                    break;
            }
        }

        writer.Write('"');
    }
}
