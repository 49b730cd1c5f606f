using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace LlmPlatform.Gateway.ApiDocs;

/// <summary>The API's description: <c>/openapi/v1.json</c>, and a page to read and try it at <c>/scalar</c>.</summary>
internal static class ApiDocsEndpoints
{
    private const string Document = "v1";
    private const string KeyScheme = "ApiKey";

    public static void AddApiDocs(this IServiceCollection services) => services.AddOpenApi(Document, options =>
    {
        // The embedded host holds the services' endpoints as well.
        options.ShouldInclude = description => description.RelativePath?.StartsWith("v1/", StringComparison.Ordinal) == true;
        options.AddSchemaTransformer<FieldSchemas>();
        options.AddOperationTransformer<OperationDetails>();
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "LlmPlatform",
                Version = Document,
                Description = "OpenAI's HTTP API over models that run on your own machines. Clients made for OpenAI work with this server's address as their base URL.",
            };
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes[KeyScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "Made by `llm keys create`. On the machine itself none is needed until the first one exists.",
            };
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, document)] = [] }];
            return Task.CompletedTask;
        });
    });

    public static void MapApiDocs(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapOpenApi().AllowAnonymous();

        // Fonts and scripts come from the package; nothing is fetched from or told to anybody else.
        endpoints.MapScalarApiReference("/scalar", options => options
            .WithTitle("LlmPlatform API")
            .WithOpenApiRoutePattern("/openapi/{documentName}.json")
            .AddDocument(Document)
            .DisableDefaultFonts()
            .DisableTelemetry()
            .DisableAgent()
            .HideDeveloperTools())
            .AllowAnonymous();
    }
}
