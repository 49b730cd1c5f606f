namespace LlmPlatform.Gateway.StartPage;

/// <summary>What browsers must keep to: pages load nothing from elsewhere, run no script but their own, sit in no frame.</summary>
internal sealed class PageHeadersMiddleware(RequestDelegate next)
{
    private const string StartPagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    // The API reference comes with an inline script and builds its styles as it runs.
    private const string ApiReferencePolicy =
        "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext http)
    {
        IHeaderDictionary headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        if (!HttpProtocol.IsHttp2(http.Request.Protocol))
        {
            headers["Referrer-Policy"] = "no-referrer";
            headers.ContentSecurityPolicy = http.Request.Path.StartsWithSegments("/scalar") ? ApiReferencePolicy : StartPagePolicy;
        }

        return next(http);
    }
}
