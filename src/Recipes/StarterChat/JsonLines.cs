using System.Text.Encodings.Web;
using System.Text.Json;
using LlmPlatform.Recipes.Data;

namespace LlmPlatform.Recipes.StarterChat;

/// <summary>Writes rows of training data; a file appears under its name only when it is complete.</summary>
internal static class JsonLines
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Rows with <c>text</c>.</summary>
    /// <returns>How many.</returns>
    public static long WriteTexts(string path, IEnumerable<string> texts, CancellationToken cancellationToken) =>
        Write(path, texts, (json, text) => json.WriteString("text", text), cancellationToken);

    /// <summary>Rows with <c>messages</c>.</summary>
    /// <returns>How many.</returns>
    public static long WriteConversations(string path, IEnumerable<IReadOnlyList<Turn>> conversations, CancellationToken cancellationToken) => Write(
        path,
        conversations,
        (json, turns) =>
        {
            json.WriteStartArray("messages");
            foreach (Turn turn in turns)
            {
                json.WriteStartObject();
                json.WriteString("role", turn.Role);
                json.WriteString("content", turn.Content);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        },
        cancellationToken);

    private static long Write<T>(string path, IEnumerable<T> rows, Action<Utf8JsonWriter, T> write, CancellationToken cancellationToken)
    {
        string part = path + ".part";
        long count = 0;
        using (FileStream file = new(part, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
        using (Utf8JsonWriter json = new(file, Plain))
        {
            foreach (T row in rows)
            {
                cancellationToken.ThrowIfCancellationRequested();
                json.WriteStartObject();
                write(json, row);
                json.WriteEndObject();
                json.Flush();
                json.Reset();
                file.WriteByte((byte)'\n');
                count++;
            }

            file.Flush(flushToDisk: true);
        }

        File.Move(part, path, overwrite: true);
        return count;
    }
}
