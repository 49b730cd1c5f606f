using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace LlmPlatform.ServiceDefaults.Messaging;

/// <summary>The bus: in memory, within this process.</summary>
public static class MessagingExtensions
{
    /// <summary>
    /// Adds the bus with the consumers of all services of this process; once a process. Nothing is reported to the
    /// library's makers, and the bus is no part of the process's health: services work without it, only later.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="consumers">Adds each service's consumers.</param>
    /// <exception cref="InvalidOperationException">It was called before.</exception>
    public static T AddPlatformMessaging<T>(this T builder, Action<IBusRegistrationConfigurator> consumers)
        where T : IHostApplicationBuilder
    {
        IServiceCollection services = builder.Services;
        if (services.Any(service => service.ServiceType == typeof(MessagePublisher)))
        {
            throw new InvalidOperationException("AddPlatformMessaging was called twice, expected once a process");
        }

        services.AddMassTransit(bus =>
        {
            bus.ConfigureUsageTelemetryOptions(options => options.Enabled = false);
            bus.SetKebabCaseEndpointNameFormatter();
            consumers(bus);
            bus.UsingInMemory((context, memory) => memory.ConfigureEndpoints(context));
        });
        services.PostConfigure<HealthCheckServiceOptions>(RemoveBusChecks);

        services.AddSingleton<MessagePublisher>();
        services.AddSingleton<IMessagePublisher>(provider => provider.GetRequiredService<MessagePublisher>());
        services.AddHostedService(provider => provider.GetRequiredService<MessagePublisher>());
        return builder;
    }

    private static void RemoveBusChecks(HealthCheckServiceOptions options)
    {
        foreach (HealthCheckRegistration check in options.Registrations.Where(check => check.Tags.Contains("masstransit")).ToList())
        {
            options.Registrations.Remove(check);
        }
    }
}
