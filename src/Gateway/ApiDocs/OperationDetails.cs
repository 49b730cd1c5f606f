using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace LlmPlatform.Gateway.ApiDocs;

/// <summary>Says that an endpoint also answers with a stream of events.</summary>
/// <param name="Chunk">What one event holds.</param>
internal sealed record StreamedAnswer(Type Chunk);

/// <summary>Describes what endpoints cannot say of themselves.</summary>
internal sealed class OperationDetails : IOpenApiOperationTransformer
{
    /// <summary>What an endpoint accepts that tells wrong content types itself; not shown.</summary>
    public const string AnyContentType = "*/*";

    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        operation.RequestBody?.Content?.Remove(AnyContentType);
        StreamedAnswer? streamed = context.Description.ActionDescriptor.EndpointMetadata.OfType<StreamedAnswer>().FirstOrDefault();
        if (streamed is not null && operation.Responses?["200"].Content is { } content)
        {
            OpenApiSchema schema = await context.GetOrCreateSchemaAsync(streamed.Chunk, null, cancellationToken);
            content["text/event-stream"] = new OpenApiMediaType { Schema = schema };
        }
    }
}
