using System.Reflection;
using LlmPlatform.Gateway.OpenAi.Chat;
using LlmPlatform.Gateway.OpenAi.Completions;
using LlmPlatform.Gateway.OpenAi.Embeddings;
using LlmPlatform.Gateway.OpenAi.FineTuning.Jobs;
using LlmPlatform.Gateway.OpenAi.FineTuning.Recipes;
using LlmPlatform.Gateway.OpenAi.VectorStores.Search;
using LlmPlatform.Gateway.OpenAi.VectorStores.Values;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace LlmPlatform.Gateway.ApiDocs;

/// <summary>Describes the types of fields as they are on the wire: those that take one of several, and plain ones.</summary>
internal sealed class FieldSchemas : IOpenApiSchemaTransformer
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
        else if (type == typeof(SearchQueries))
        {
            Replace(schema, Text(), ArrayOf(Text()));
        }
        else if (type == typeof(AttributeValues))
        {
            schema.Type = JsonSchemaType.Object;
            schema.Properties = null;
            schema.AdditionalProperties = new OpenApiSchema { AnyOf = [Text(), new OpenApiSchema { Type = JsonSchemaType.Number }, new OpenApiSchema { Type = JsonSchemaType.Boolean }] };
        }
        else if (type == typeof(EmbeddingValues))
        {
            Replace(schema, ArrayOf(new OpenApiSchema { Type = JsonSchemaType.Number, Format = "float" }), new OpenApiSchema { Type = JsonSchemaType.String, Format = "byte" });
        }
        else if (type == typeof(FineTuningRecipe))
        {
            OpenApiSchema recipe = RecipeSchema.Describe(Contracts.Training.V1.Recipe.Descriptor);
            schema.Type = recipe.Type;
            schema.Properties = recipe.Properties;
            schema.AdditionalPropertiesAllowed = recipe.AdditionalPropertiesAllowed;
        }
        else if (owner is not null && typeof(FineTuningHyperparameters).IsAssignableFrom(owner))
        {
            Replace(schema, new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["auto"] }, type == typeof(int?) ? Integer() : new OpenApiSchema { Type = JsonSchemaType.Number });
        }
        else if (property == "stop" && (owner == typeof(ChatCompletionRequest) || owner == typeof(CompletionRequest)))
        {
            Replace(schema, Text(), ArrayOf(Text()));
        }
        else if (property == "content" && owner == typeof(ChatMessage))
        {
            Replace(schema, Text(), ArrayOf(TextPart()));
        }

        else
        {
            Simplify(schema, context);
        }

        return Task.CompletedTask;
    }

    private static void Simplify(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        // The framework's own defaults read numbers from strings too; this API does not.
        if (schema.Type is { } kind && (kind & (JsonSchemaType.Integer | JsonSchemaType.Number)) != 0)
        {
            schema.Type = kind & ~JsonSchemaType.String;
            schema.Pattern = null;
        }

        // It takes what has no setter for nullable.
        if (context.JsonPropertyInfo?.AttributeProvider is PropertyInfo { CanWrite: false } property
            && new NullabilityInfoContext().Create(property).ReadState == NullabilityState.NotNull)
        {
            schema.Type &= ~JsonSchemaType.Null;
        }
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
