using LlmPlatform.RetrievalService;
using LlmPlatform.RetrievalService.Messaging;
using LlmPlatform.ServiceDefaults.Hosting;
using LlmPlatform.ServiceDefaults.Messaging;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("retrieval");
builder.AddPlatformMessaging(bus => bus.AddRetrievalConsumers());
builder.ListenOnPlatformPorts();
builder.AddRetrieval();

WebApplication app = builder.Build();
app.UseServiceDefaults();
app.MapDefaultEndpoints();
app.MapRetrieval();
app.Run();
