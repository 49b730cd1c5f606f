using LlmPlatform.Gateway.OpenAi.Chat;
using LlmPlatform.Gateway.OpenAi.Completions;
using LlmPlatform.Gateway.OpenAi.Embeddings;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace LlmPlatform.Gateway.ApiDocs;

/// <summary>Describes the fields of OpenAI's API that take one of several types.</summary>
internal sealed class UnionSchemas : IOpenApiSchemaTransformer
{
    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        Type type = context.JsonTypeInfo.Type;
        string? property = context.JsonPropertyInfo?.Name;
        Type? owner = context.JsonPropertyInfo?.DeclaringType;
        if (type == typeof(CompletionPrompt))
        {
            Replace(schema, Text(), ArrayOf(Text()), ArrayOf(Integer()));
        }
        else if (type == typeof(EmbeddingInputs))
        {
            Replace(schema, Text(), ArrayOf(Text()), ArrayOf(Integer()), ArrayOf(ArrayOf(Integer())));
        }
        else if (type == typeof(EmbeddingValues))
        {
            Replace(schema, ArrayOf(new OpenApiSchema { Type = JsonSchemaType.Number, Format = "float" }), new OpenApiSchema { Type = JsonSchemaType.String, Format = "byte" });
        }
        else if (property == "stop" && (owner == typeof(ChatCompletionRequest) || owner == typeof(CompletionRequest)))
        {
            Replace(schema, Text(), ArrayOf(Text()));
        }
        else if (property == "content" && owner == typeof(ChatMessage))
        {
            Replace(schema, Text(), ArrayOf(TextPart()));
        }

        return Task.CompletedTask;
    }

    private static void Replace(OpenApiSchema schema, params IOpenApiSchema[] alternatives)
    {
        schema.Type = null;
        schema.Items = null;
        schema.Properties = null;
        schema.AnyOf = [.. alternatives];
    }

    private static OpenApiSchema Text() => new() { Type = JsonSchemaType.String };

    private static OpenApiSchema Integer() => new() { Type = JsonSchemaType.Integer };

    private static OpenApiSchema ArrayOf(OpenApiSchema items) => new() { Type = JsonSchemaType.Array, Items = items };

    private static OpenApiSchema TextPart() => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string> { "type", "text" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["text"] },
            ["text"] = Text(),
        },
    };
}
