using System.Text.Encodings.Web;
using System.Text.Json;

namespace LlmPlatform.Tokenization.Tests.Golden;

/// <summary>JSON for messages: characters stay readable.</summary>
internal static class RelaxedJson
{
    public static JsonSerializerOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
