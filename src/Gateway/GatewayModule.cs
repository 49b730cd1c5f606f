using LlmPlatform.Gateway.ApiDocs;
using LlmPlatform.Gateway.Forwarding;
using LlmPlatform.Gateway.OpenAi;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.StartPage;
using LlmPlatform.ServiceDefaults.Grpc;
using LlmPlatform.ServiceDefaults.Identity;

namespace LlmPlatform.Gateway;

/// <summary>
/// The platform's face: OpenAI's HTTP API over the services' gRPC, those services' own gRPC on the other port, and the
/// page at <c>/</c>.
/// <code>
/// app.UseGateway();
/// app.UseServiceDefaults();
/// app.MapDefaultEndpoints();
/// app.MapGateway();
/// </code>
/// </summary>
public static class GatewayModule
{
    /// <summary>What the gateway needs. <c>AddServiceDefaults</c> must have been called.</summary>
    public static T AddGateway<T>(this T builder)
        where T : IHostApplicationBuilder
    {
        builder.Services.AddOptions<GatewayOptions>()
            .BindConfiguration(GatewayOptions.Section)
            .Validate(options => options.MaxUploadBytes > 0, $"{GatewayOptions.Section}:{nameof(GatewayOptions.MaxUploadBytes)} must be above 0")
            .ValidateOnStart();
        builder.AddEdgeAuthentication();
        builder.AddPlatformClient<Contracts.Models.V1.Models.ModelsClient>("models", "List", "Get");
        builder.AddPlatformClient<Contracts.Files.V1.Files.FilesClient>("models", "List", "Get");
        builder.AddPlatformClient<Contracts.Generation.V1.Generation.GenerationClient>("generation");
        builder.AddPlatformClient<Contracts.Embedding.V1.Embedding.EmbeddingClient>("embedding");
        builder.AddPlatformClient<Contracts.Retrieval.V1.Retrieval.RetrievalClient>(
            "retrieval", "GetCollection", "ListCollections", "GetDocument", "ListDocuments", "Search");
        builder.AddPlatformClient<Contracts.Training.V1.Training.TrainingClient>("training", "GetJob", "ListJobs", "ListEvents", "ListCheckpoints");
        builder.Services.AddOpenAiEndpoints();
        builder.Services.AddForwarding();
        builder.Services.AddApiDocs();
        builder.Services.AddHostedService<KeyNeededBeyondLoopback>();
        return builder;
    }

    /// <summary>What goes before authentication: error shapes, and the headers of pages.</summary>
    public static IApplicationBuilder UseGateway(this IApplicationBuilder app) =>
        app.UseMiddleware<PageHeadersMiddleware>().UseMiddleware<OpenAiErrorMiddleware>();

    /// <summary><c>/v1</c>, the forwarded gRPC services, <c>/openapi/v1.json</c>, <c>/scalar</c> and <c>/</c>.</summary>
    public static void MapGateway(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapOpenAi();
        endpoints.MapForwarding();
        endpoints.MapApiDocs();
        endpoints.MapStartPage();
    }
}
