namespace LlmPlatform.ServiceDefaults.Identity;

/// <summary>The internal token of the request at hand, as a feature of its HttpContext.</summary>
internal sealed class CallerTokenFeature(CallerIdentity caller, Func<string> getToken)
{
    /// <summary>Who it says calls.</summary>
    public CallerIdentity Caller => caller;

    /// <summary>A token that other services accept now.</summary>
    public string GetToken() => getToken();
}
