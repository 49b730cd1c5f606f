using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace LlmPlatform.Gateway.StartPage;

/// <summary>
/// The pages at <c>/</c>, <c>/documents</c> and <c>/jobs</c>: files that are part of the assembly, so that they are there in whatever process the gateway
/// runs and from whatever folder.
/// </summary>
internal static class StartPageEndpoints
{
    private static readonly (string Path, string Resource, string ContentType)[] Files =
    [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/app.css", "app.css", "text/css; charset=utf-8"),
        ("/app.js", "app.js", "text/javascript; charset=utf-8"),
        ("/chat.js", "chat.js", "text/javascript; charset=utf-8"),
        ("/preferences.js", "preferences.js", "text/javascript; charset=utf-8"),
        ("/client.js", "client.js", "text/javascript; charset=utf-8"),
        ("/elements.js", "elements.js", "text/javascript; charset=utf-8"),
        ("/documents", "documents.html", "text/html; charset=utf-8"),
        ("/documents.css", "documents.css", "text/css; charset=utf-8"),
        ("/documents.js", "documents.js", "text/javascript; charset=utf-8"),
        ("/ask.js", "ask.js", "text/javascript; charset=utf-8"),
        ("/jobs", "jobs.html", "text/html; charset=utf-8"),
        ("/jobs.css", "jobs.css", "text/css; charset=utf-8"),
        ("/jobs.js", "jobs.js", "text/javascript; charset=utf-8"),
        ("/chart.js", "chart.js", "text/javascript; charset=utf-8"),
        ("/words.js", "words.js", "text/javascript; charset=utf-8"),
        ("/favicon.svg", "favicon.svg", "image/svg+xml"),
    ];

    public static void MapStartPage(this IEndpointRouteBuilder endpoints)
    {
        foreach ((string path, string resource, string contentType) in Files)
        {
            byte[] content = Load(resource);
            EntityTagHeaderValue tag = new($"\"{Convert.ToHexStringLower(SHA256.HashData(content)[..8])}\"");
            endpoints.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], (HttpContext http) =>
                {
                    http.Response.Headers.CacheControl = "no-cache";
                    return Results.Bytes(content, contentType, entityTag: tag);
                })
                .AllowAnonymous()
                .ExcludeFromDescription();
        }
    }

    private static byte[] Load(string resource)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"wwwroot/{resource}")
            ?? throw new InvalidOperationException($"the assembly lacks wwwroot/{resource}");
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
