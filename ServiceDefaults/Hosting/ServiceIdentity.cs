namespace LlmPlatform.ServiceDefaults.Hosting;

/// <summary>Which process this is.</summary>
/// <param name="Name">Its name in telemetry and below the data folder.</param>
public sealed record ServiceIdentity(string Name);
