using Google.Protobuf.Reflection;
using Microsoft.OpenApi;

namespace LlmPlatform.Gateway.OpenAi.FineTuning.Recipes;

/// <summary>The schema of a recipe in the API's description, from its contract.</summary>
internal static class RecipeSchema
{
    public static OpenApiSchema Describe(MessageDescriptor message) => new()
    {
        Type = JsonSchemaType.Object,
        AdditionalPropertiesAllowed = false,
        Properties = message.Fields.InDeclarationOrder().ToDictionary(field => field.Name, Describe),
    };

    private static IOpenApiSchema Describe(FieldDescriptor field) =>
        field.IsRepeated ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = DescribeOne(field) } : DescribeOne(field);

    private static OpenApiSchema DescribeOne(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message => Describe(field.MessageType),
        FieldType.Bool => new OpenApiSchema { Type = JsonSchemaType.Boolean },
        FieldType.Double => new OpenApiSchema { Type = JsonSchemaType.Number, Format = "double" },
        FieldType.Int32 => new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32" },
        FieldType.Int64 => new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64" },
        _ => new OpenApiSchema { Type = JsonSchemaType.String },
    };
}
