using Microsoft.AspNetCore.Http;

namespace LlmPlatform.ServiceDefaults.Health;

/// <summary>How a process ends.</summary>
public sealed class DrainOptions
{
    /// <summary>The configuration key of <see cref="Timeout"/>.</summary>
    public const string TimeoutConfigurationKey = "Platform:DrainTimeout";

    /// <summary>How long running calls may take to finish before they are cancelled.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Which new calls are still served while the process drains: in a host that calls itself, those that running calls
    /// make. Default: none.
    /// </summary>
    public Func<HttpContext, bool> StillServed { get; set; } = _ => false;

    /// <summary>
    /// Which calls are cancelled when the time is over. In a host that calls itself, those at the far end: they say why
    /// they end, and what waits for them passes it on. Default: all.
    /// </summary>
    public Func<HttpContext, bool> CancelledAtTimeout { get; set; } = _ => true;
}
