using LlmPlatform.ServiceDefaults.Hosting;
using LlmPlatform.TokenizerService;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("tokenizer");
builder.ListenOnPlatformPorts();
builder.AddTokenizer();

WebApplication app = builder.Build();
app.UseServiceDefaults();
app.MapDefaultEndpoints();
app.MapTokenizer();
app.Run();
