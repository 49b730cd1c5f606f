using System.Text.Json.Serialization;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.Requests;

namespace LlmPlatform.Gateway.OpenAi.Generation;

/// <summary>Options of a streamed answer.</summary>
public sealed record StreamOptions
{
    /// <summary>Sends one more chunk before <c>[DONE]</c>, with no choices and the usage of the whole request.</summary>
    [JsonPropertyName("include_usage")]
    public bool? IncludeUsage { get; init; }

    internal static StreamOptions? Read(RequestFields fields, bool stream)
    {
        if (fields.TakeObject("stream_options") is not { } options)
        {
            return null;
        }

        if (!stream)
        {
            throw InvalidRequest.WrongHiddenValue(fields.ParamOf("stream_options"), "it is only allowed when 'stream' is true");
        }

        StreamOptions read = new() { IncludeUsage = options.TakeBoolean("include_usage") };
        options.Refuse("include_obfuscation", Neutral.False);
        options.RefuseUnknown();
        return read;
    }
}
