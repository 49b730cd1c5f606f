namespace LlmPlatform.AppHost.Startup;

/// <summary>Registration of <see cref="Welcome"/>.</summary>
internal static class WelcomeExtensions
{
    /// <summary>Greets on the console.</summary>
    public static void AddWelcome(this WebApplicationBuilder builder, EmbeddedPorts ports)
    {
        builder.Services.AddSingleton(ports);
        builder.Services.AddHostedService<Welcome>();
    }
}
