using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using LlmPlatform.Gateway.OpenAi.Chat;
using LlmPlatform.Gateway.OpenAi.Completions;
using LlmPlatform.Gateway.OpenAi.Embeddings;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.Files;
using LlmPlatform.Gateway.OpenAi.FineTuning.History;
using LlmPlatform.Gateway.OpenAi.FineTuning.Jobs;
using LlmPlatform.Gateway.OpenAi.Models;
using LlmPlatform.Gateway.OpenAi.VectorStores.Ask;
using LlmPlatform.Gateway.OpenAi.VectorStores.Batches;
using LlmPlatform.Gateway.OpenAi.VectorStores.Files;
using LlmPlatform.Gateway.OpenAi.VectorStores.Search;
using LlmPlatform.Gateway.OpenAi.VectorStores.Stores;

namespace LlmPlatform.Gateway.OpenAi;

/// <summary>How the answers become JSON: Korean as it is, not as \u escapes; nulls written, as OpenAI does.</summary>
[JsonSerializable(typeof(ErrorResponse))]
[JsonSerializable(typeof(ChatCompletion))]
[JsonSerializable(typeof(ChatCompletionChunk))]
[JsonSerializable(typeof(ChatCompletionChunkWithUsage))]
[JsonSerializable(typeof(Completion))]
[JsonSerializable(typeof(CompletionChunk))]
[JsonSerializable(typeof(CompletionChunkWithUsage))]
[JsonSerializable(typeof(CreateEmbeddingResponse))]
[JsonSerializable(typeof(Model))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(FileObject))]
[JsonSerializable(typeof(FileList))]
[JsonSerializable(typeof(FileDeleted))]
[JsonSerializable(typeof(VectorStore))]
[JsonSerializable(typeof(VectorStoreList))]
[JsonSerializable(typeof(VectorStoreDeleted))]
[JsonSerializable(typeof(VectorStoreFile))]
[JsonSerializable(typeof(VectorStoreFileList))]
[JsonSerializable(typeof(VectorStoreFileDeleted))]
[JsonSerializable(typeof(FileBatch))]
[JsonSerializable(typeof(SearchResultsPage))]
[JsonSerializable(typeof(AskAnswer))]
[JsonSerializable(typeof(AskEvent))]
[JsonSerializable(typeof(FineTuningJob))]
[JsonSerializable(typeof(FineTuningJobList))]
[JsonSerializable(typeof(FineTuningEventList))]
[JsonSerializable(typeof(FineTuningCheckpointList))]
internal sealed partial class OpenAiJson : JsonSerializerContext
{
    /// <summary>The answers are application/json, never part of a page, so only what JSON itself needs is escaped.</summary>
    public static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>Sends the whole answer.</summary>
    public static Task WriteAsync<T>(HttpContext http, T value, JsonTypeInfo<T> type)
    {
        http.Response.ContentType = "application/json; charset=utf-8";
        return JsonSerializer.SerializeAsync(http.Response.Body, value, type, http.RequestAborted);
    }

    static OpenAiJson() => Default = new OpenAiJson(new JsonSerializerOptions { Encoder = Encoder });
}
