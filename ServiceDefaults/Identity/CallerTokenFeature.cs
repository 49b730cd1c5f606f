namespace LlmPlatform.ServiceDefaults.Identity;

/// <summary>The internal token of the request at hand, as a feature of its HttpContext.</summary>
internal sealed class CallerTokenFeature(Func<string> getToken)
{
    /// <summary>A token that other services accept now.</summary>
    public string GetToken() => getToken();
}
