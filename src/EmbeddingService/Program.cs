using LlmPlatform.EmbeddingService;
using LlmPlatform.ServiceDefaults.Hosting;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("embedding");
builder.ListenOnPlatformPorts();
builder.AddEmbedding();

WebApplication app = builder.Build();
app.UseServiceDefaults();
app.MapDefaultEndpoints();
app.MapEmbedding();
app.Run();
