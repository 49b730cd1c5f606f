using LlmPlatform.AppHost.Startup;
using LlmPlatform.EmbeddingService;
using LlmPlatform.Gateway;
using LlmPlatform.GenerationService;
using LlmPlatform.ModelService;
using LlmPlatform.RetrievalService;
using LlmPlatform.RetrievalService.Messaging;
using LlmPlatform.ServiceDefaults.Hosting;
using LlmPlatform.ServiceDefaults.Messaging;
using LlmPlatform.TokenizerService;
using LlmPlatform.TrainingService;
using LlmPlatform.TrainingService.Messaging;

// The platform in one process. Every module is here, and they call each other by gRPC over loopback as they would if
// each had a process of its own: there is one way through the code.
try
{
    WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
    builder.LogOnOneLine();
    using EmbeddedPorts ports = builder.ListenOnEmbeddedPorts();
    builder.AddServiceDefaults("platform");
    builder.OpenDataFolder();
    builder.AddWelcome(ports);

    builder.AddModels();
    builder.AddTokenizer();
    builder.AddEmbedding();
    builder.AddGeneration();
    builder.AddRetrieval();
    builder.AddTraining();
    builder.AddPlatformMessaging(bus =>
    {
        bus.AddRetrievalConsumers();
        bus.AddTrainingConsumers();
    });
    builder.AddGateway();

    await using WebApplication app = builder.Build();

    // The services: on a port of this machine that accepts internal tokens only.
    app.MapWhen(ports.IsInternal, services => services
        .UseRouting()
        .UseServiceDefaults()
        .UseEndpoints(endpoints =>
        {
            endpoints.MapDefaultEndpoints();
            endpoints.MapModels();
            endpoints.MapTokenizer();
            endpoints.MapEmbedding();
            endpoints.MapGeneration();
            endpoints.MapRetrieval();
            endpoints.MapTraining();
        }));

    // The gateway: HTTP on one port, gRPC on another.
    app.MapWhen(ports.IsPublic, gateway => gateway
        .UseRouting()
        .UseGateway()
        .UseServiceDefaults()
        .UseEndpoints(endpoints =>
        {
            endpoints.MapDefaultEndpoints();
            endpoints.MapGateway();
        }));

    await app.RunAsync();
    return Environment.ExitCode;
}
catch (Exception exception) when (StartFailure.Explain(exception) is { } line)
{
    await Console.Error.WriteLineAsync(line);
    return StartFailure.ExitCode;
}
