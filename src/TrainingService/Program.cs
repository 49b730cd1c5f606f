using LlmPlatform.ServiceDefaults.Hosting;
using LlmPlatform.ServiceDefaults.Messaging;
using LlmPlatform.TrainingService;
using LlmPlatform.TrainingService.Messaging;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("training");
builder.AddPlatformMessaging(bus => bus.AddTrainingConsumers());
builder.ListenOnPlatformPorts();
builder.AddTraining();

WebApplication app = builder.Build();
app.UseServiceDefaults();
app.MapDefaultEndpoints();
app.MapTraining();
app.Run();
