namespace LlmPlatform.Gateway.OpenAi.VectorStores.Values;

/// <summary>Tells OpenAI's clients, which wait five seconds otherwise, when to look again.</summary>
internal static class PollHint
{
    private const string Header = "openai-poll-after-ms";
    private const string Delay = "250";

    public static void Set(HttpContext http, bool inProgress)
    {
        if (inProgress)
        {
            http.Response.Headers[Header] = Delay;
        }
    }
}
