using System.Text.Json.Serialization;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.Requests;
using LlmPlatform.Gateway.OpenAi.VectorStores.Search;

namespace LlmPlatform.Gateway.OpenAi.VectorStores.Ask;

/// <summary>The body of <c>POST /v1/vector_stores/{id}/ask</c>. Not part of OpenAI's API.</summary>
public sealed record AskVectorStoreRequest
{
    private const int MostPassages = 20;
    private const int LongestModel = 512;

    /// <summary>What to answer from the documents.</summary>
    [JsonPropertyName("question")]
    public required string Question { get; init; }

    /// <summary>A chat model that words the answer. Default: none; the answer is quoted from the documents.</summary>
    [JsonPropertyName("model")]
    public string? Model { get; init; }

    /// <summary>Which files count, by their attributes.</summary>
    [JsonPropertyName("filters")]
    public AttributeFilter? Filters { get; init; }

    /// <summary>Passages that the answer may rest on, 1 to 20. Default: 5.</summary>
    [JsonPropertyName("max_passages")]
    public int? MaxPassages { get; init; }

    /// <summary>Tokens of the answer at most, with a model only.</summary>
    [JsonPropertyName("max_tokens")]
    public int? MaxTokens { get; init; }

    /// <summary>0 (the most likely token) to 2, with a model only.</summary>
    [JsonPropertyName("temperature")]
    public double? Temperature { get; init; }

    /// <summary>The same seed gives the same answer, with a model only.</summary>
    [JsonPropertyName("seed")]
    public long? Seed { get; init; }

    /// <summary>Whether the answer comes as events while it is made. Default: false.</summary>
    [JsonPropertyName("stream")]
    public bool? Stream { get; init; }

    /// <exception cref="OpenAiException">A field is not as expected.</exception>
    internal static (AskRequest Request, bool Stream) Read(string store, RequestFields fields)
    {
        string question = fields.TakeRequiredString("question");
        AskRequest request = new()
        {
            CollectionId = store,
            Question = string.IsNullOrWhiteSpace(question) ? throw InvalidRequest.EmptyString("question") : question,
            Model = fields.TakeString("model") is { } model
                ? model.Length <= LongestModel ? model : throw InvalidRequest.StringTooLong("model", LongestModel, model.Length)
                : "",
            Filter = FilterReader.Read(fields),
            Passages = fields.TakeInt32("max_passages", 1, MostPassages) ?? 0,
            MaxTokens = fields.TakeInt32("max_tokens", 1) ?? 0,
        };
        if (fields.TakeDouble("temperature", 0, 2) is { } temperature)
        {
            request.Temperature = temperature;
        }

        if (fields.TakeInteger("seed") is { } seed)
        {
            request.Seed = seed;
        }

        bool stream = fields.TakeBoolean("stream") ?? false;
        fields.RefuseUnknown();
        return (request, stream);
    }
}
