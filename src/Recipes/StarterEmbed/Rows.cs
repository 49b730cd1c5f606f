using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LlmPlatform.Recipes.StarterEmbed;

/// <summary>Rows of training data in JSON Lines; a file appears under its name only when it is complete.</summary>
internal static class Rows
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Rows with <c>text</c>.</summary>
    public static Task WriteAsync(string path, IEnumerable<string> texts, CancellationToken cancellationToken) =>
        WriteAsync(path, texts.Select(text => new JsonObject { ["text"] = text }), cancellationToken);

    /// <summary>Rows with <c>anchor</c> and <c>positive</c>.</summary>
    public static Task WriteAsync(string path, IEnumerable<TextPair> pairs, CancellationToken cancellationToken) =>
        WriteAsync(path, pairs.Select(pair => new JsonObject { ["anchor"] = pair.Anchor, ["positive"] = pair.Positive }), cancellationToken);

    private static async Task WriteAsync(string path, IEnumerable<JsonObject> rows, CancellationToken cancellationToken)
    {
        string part = path + ".part";
        await File.WriteAllLinesAsync(part, rows.Select(row => row.ToJsonString(Plain)), cancellationToken).ConfigureAwait(false);
        File.Move(part, path, overwrite: true);
    }
}
