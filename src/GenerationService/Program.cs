using LlmPlatform.GenerationService;
using LlmPlatform.ServiceDefaults.Hosting;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("generation");
builder.ListenOnPlatformPorts();
builder.AddGeneration();

WebApplication app = builder.Build();
app.UseServiceDefaults();
app.MapDefaultEndpoints();
app.MapGeneration();
app.Run();
