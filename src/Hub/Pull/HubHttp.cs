using System.Net;
using System.Net.Http.Headers;

namespace LlmPlatform.Hub.Pull;

/// <summary>GET requests to the endpoint, with redirects followed by hand, so that the token stays with the endpoint.</summary>
internal sealed class HubHttp(HubClientOptions options, HttpClient http, TimeProvider clock)
{
    private const int MaxRedirects = 10;

    /// <summary>
    /// Sends a request and returns the first answer that is no redirect, whatever its status. Waiting for the headers
    /// counts as silence.
    /// </summary>
    /// <exception cref="HttpRequestException">The connection failed.</exception>
    /// <exception cref="TimeoutException">The server was silent.</exception>
    /// <exception cref="HubException">Too many redirects, or one that leaves https.</exception>
    public async Task<HttpResponseMessage> GetAsync(Uri address, RangeHeaderValue? range, EntityTagHeaderValue? ifRange, CancellationToken cancellationToken)
    {
        for (int redirects = 0; ; redirects++)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, address);
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("LlmPlatform", "0.1"));
            request.Headers.Range = range;
            request.Headers.IfRange = ifRange is null ? null : new RangeConditionHeaderValue(ifRange);
            if (options.Token is not null && IsEndpoint(address))
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.Token);
            }

            using IdleGuard guard = new(options.IdleTimeout, clock, cancellationToken);
            HttpResponseMessage response = await guard.RunAsync(token => http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token));
            if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect))
            {
                return response;
            }

            using (response)
            {
                Uri location = response.Headers.Location is { } target ? new Uri(address, target) : throw new HubException("the server redirects to nowhere", response.StatusCode);
                if (redirects == MaxRedirects)
                {
                    throw new HubException($"more than {MaxRedirects} redirects", response.StatusCode);
                }

                if (location.Scheme != Uri.UriSchemeHttps && (location.Scheme != Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps))
                {
                    throw new HubException($"the server redirects to {location.Scheme}, expected https", response.StatusCode);
                }

                address = location;
            }
        }
    }

    /// <summary>Scheme, host and port.</summary>
    private bool IsEndpoint(Uri address) =>
        Uri.Compare(address, options.Endpoint, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;
}
