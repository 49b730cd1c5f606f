using System.Net;

namespace LlmPlatform.Hub.Pull;

/// <summary>Answers of the server in words that say what to do.</summary>
internal static class HubErrors
{
    /// <exception cref="HubException">The status is no success.</exception>
    public static void ThrowIfRefused(HttpResponseMessage response, string what)
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        string why = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => "the server wants a token, or there is no such model: set HF_TOKEN to one that may read it",
            HttpStatusCode.Forbidden => "the token may not read it: accept the model's terms on its page, or set HF_TOKEN to another one",
            HttpStatusCode.NotFound => "there is none on the server",
            _ => $"the server answered {(int)response.StatusCode}",
        };
        throw new HubException($"{what}: {why}", response.StatusCode);
    }
}
