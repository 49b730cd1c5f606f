using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Net.Http.Headers;

namespace LlmPlatform.Gateway.StartPage;

/// <summary>
/// The pages at <c>/</c>, <c>/documents</c> and <c>/jobs</c>: files that are part of the assembly, so that they are there in whatever process the gateway
/// runs and from whatever folder.
/// </summary>
internal static class StartPageEndpoints
{
    private const string Html = "text/html; charset=utf-8";
    private const string Css = "text/css; charset=utf-8";
    private const string JavaScript = "text/javascript; charset=utf-8";

    private static readonly (string Path, string Resource, string Script, string[] Styles)[] Pages =
    [
        ("/", "index.html", "app.js", ["answers.css", "start.css"]),
        ("/documents", "documents.html", "documents.js", ["answers.css", "documents.css"]),
        ("/jobs", "jobs.html", "jobs.js", ["jobs.css"]),
    ];

    private static readonly (string Resource, string ContentType)[] Files =
    [
        ("app.css", Css), ("answers.css", Css), ("start.css", Css), ("documents.css", Css), ("jobs.css", Css),
        ("app.js", JavaScript), ("chat.js", JavaScript), ("preferences.js", JavaScript), ("docs.js", JavaScript),
        ("documents.js", JavaScript), ("ask.js", JavaScript), ("answers.js", JavaScript),
        ("jobs.js", JavaScript), ("chart.js", JavaScript),
        ("client.js", JavaScript), ("elements.js", JavaScript), ("page.js", JavaScript), ("words.js", JavaScript),
        ("favicon.svg", "image/svg+xml"),
    ];

    public static void MapStartPage(this IEndpointRouteBuilder endpoints)
    {
        foreach ((string path, string resource, string script, string[] styles) in Pages)
        {
            Map(endpoints, path, Encoding.UTF8.GetBytes(PageLayout.Compose(LoadText, resource, script, styles)), Html);
        }

        foreach ((string resource, string contentType) in Files)
        {
            Map(endpoints, $"/{resource}", Load(resource), contentType);
        }
    }

    private static void Map(IEndpointRouteBuilder endpoints, string path, byte[] content, string contentType)
    {
        EntityTagHeaderValue tag = new($"\"{Convert.ToHexStringLower(SHA256.HashData(content)[..8])}\"");
        endpoints.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], (HttpContext http) =>
            {
                http.Response.Headers.CacheControl = "no-cache";
                return Results.Bytes(content, contentType, entityTag: tag);
            })
            .AllowAnonymous()
            .ExcludeFromDescription();
    }

    private static string LoadText(string resource) => Encoding.UTF8.GetString(Load(resource));

    private static byte[] Load(string resource)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"wwwroot/{resource}")
            ?? throw new InvalidOperationException($"the assembly lacks wwwroot/{resource}");
        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
