using LlmPlatform.Gateway.ApiDocs;
using LlmPlatform.Gateway.OpenAi.Chat;
using LlmPlatform.Gateway.OpenAi.Completions;
using LlmPlatform.Gateway.OpenAi.Embeddings;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.Files;
using LlmPlatform.Gateway.OpenAi.FineTuning;
using LlmPlatform.Gateway.OpenAi.Models;
using LlmPlatform.Gateway.OpenAi.VectorStores;
using LlmPlatform.ServiceDefaults.Identity;

namespace LlmPlatform.Gateway.OpenAi;

/// <summary>OpenAI's HTTP API: <c>/v1</c>.</summary>
internal static class OpenAiEndpoints
{
    private const string Json = "application/json";

    // Routing would answer 404 or an empty 415 for another type; the endpoints say what is wrong.
    private const string Any = OperationDetails.AnyContentType;

    public static void AddOpenAiEndpoints(this IServiceCollection services) => services
        .AddTransient<ChatEndpoint>()
        .AddTransient<CompletionEndpoint>()
        .AddTransient<EmbeddingEndpoint>()
        .AddTransient<ModelEndpoints>()
        .AddTransient<FileEndpoints>()
        .AddFineTuning()
        .AddVectorStores();

    public static void MapOpenAi(this IEndpointRouteBuilder endpoints)
    {
        RouteGroupBuilder v1 = endpoints.MapGroup("/v1").RequireAuthorization(Policies.Edge);

        v1.MapPost("/chat/completions", (HttpContext http, ChatEndpoint endpoint) => endpoint.HandleAsync(http))
            .Describe("createChatCompletion", "Chat", "Answers a conversation.")
            .Accepts<ChatCompletionRequest>(Json, Any)
            .Produces<ChatCompletion>()
            .WithMetadata(new StreamedAnswer(typeof(ChatCompletionChunk)));
        v1.MapPost("/completions", (HttpContext http, CompletionEndpoint endpoint) => endpoint.HandleAsync(http))
            .Describe("createCompletion", "Completions", "Continues a prompt as it stands.")
            .Accepts<CompletionRequest>(Json, Any)
            .Produces<Completion>()
            .WithMetadata(new StreamedAnswer(typeof(CompletionChunk)));
        v1.MapPost("/embeddings", (HttpContext http, EmbeddingEndpoint endpoint) => endpoint.HandleAsync(http))
            .Describe("createEmbedding", "Embeddings", "Turns texts into vectors.")
            .Accepts<CreateEmbeddingRequest>(Json, Any)
            .Produces<CreateEmbeddingResponse>();

        v1.MapGet("/models", (HttpContext http, ModelEndpoints endpoint) => endpoint.ListAsync(http))
            .Describe("listModels", "Models", "Lists the models the caller may use.")
            .Produces<ModelList>();
        v1.MapGet("/models/{**model}", (HttpContext http, string model, ModelEndpoints endpoint) => endpoint.GetAsync(http, model))
            .Describe("retrieveModel", "Models", "Finds a model by its name, which may hold slashes, name@version or name@alias.")
            .Produces<Model>();

        v1.MapPost("/files", (HttpContext http, FileEndpoints endpoint) => endpoint.CreateAsync(http))
            .Describe("createFile", "Files", "Uploads a file.")
            .Accepts<CreateFileRequest>("multipart/form-data", Any)
            .Produces<FileObject>();
        v1.MapGet("/files", (HttpContext http, FileEndpoints endpoint) => endpoint.ListAsync(http))
            .Describe("listFiles", "Files", "Lists the tenant's files, the newest first. Query: purpose, limit, after, order.")
            .Produces<FileList>();
        v1.MapGet("/files/{id}", (HttpContext http, string id, FileEndpoints endpoint) => endpoint.GetAsync(http, id))
            .Describe("retrieveFile", "Files", "Describes a file.")
            .Produces<FileObject>();
        v1.MapGet("/files/{id}/content", (HttpContext http, string id, FileEndpoints endpoint) => endpoint.DownloadAsync(http, id))
            .Describe("downloadFile", "Files", "Downloads a file's bytes.")
            .Produces<Stream>(StatusCodes.Status200OK, "application/octet-stream");
        v1.MapDelete("/files/{id}", (HttpContext http, string id, FileEndpoints endpoint) => endpoint.DeleteAsync(http, id))
            .Describe("deleteFile", "Files", "Deletes a file.")
            .Produces<FileDeleted>();

        v1.MapVectorStores();
        v1.MapFineTuning();
    }

    /// <summary>How the API's description names and explains an endpoint, and the errors that each may give.</summary>
    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder route, string operation, string tag, string summary) => route
        .WithName(operation)
        .WithTags(tag)
        .WithSummary(summary)
        .Produces<ErrorResponse>(StatusCodes.Status400BadRequest)
        .Produces<ErrorResponse>(StatusCodes.Status401Unauthorized)
        .Produces<ErrorResponse>(StatusCodes.Status404NotFound)
        .Produces<ErrorResponse>(StatusCodes.Status429TooManyRequests)
        .Produces<ErrorResponse>(StatusCodes.Status503ServiceUnavailable);
}
