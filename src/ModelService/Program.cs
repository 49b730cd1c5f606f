using LlmPlatform.ModelService;
using LlmPlatform.ServiceDefaults.Hosting;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("models");
builder.ListenOnPlatformPorts();
builder.AddModels();

WebApplication app = builder.Build();
app.UseServiceDefaults();
app.MapDefaultEndpoints();
app.MapModels();
app.Run();
