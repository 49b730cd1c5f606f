using LlmPlatform.Gateway;
using LlmPlatform.ServiceDefaults.Hosting;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("gateway");
builder.ListenOnPlatformPorts();
builder.AddGateway();

WebApplication app = builder.Build();
app.UseGateway();
app.UseServiceDefaults();
app.MapDefaultEndpoints();
app.MapGateway();
await app.RunAsync();
