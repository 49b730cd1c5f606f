using LlmPlatform.RetrievalService;
using LlmPlatform.ServiceDefaults.Hosting;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("retrieval");
builder.ListenOnPlatformPorts();
builder.AddRetrieval();

WebApplication app = builder.Build();
app.UseServiceDefaults();
app.MapDefaultEndpoints();
app.MapRetrieval();
app.Run();
