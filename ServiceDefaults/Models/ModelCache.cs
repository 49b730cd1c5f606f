using LlmPlatform.ServiceDefaults.Data;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using LlmPlatform.ServiceDefaults.Hosting;
using LlmPlatform.ServiceDefaults.Identity;
using ModelsClient = LlmPlatform.Contracts.Models.V1.Models.ModelsClient;

namespace LlmPlatform.ServiceDefaults.Models;
internal sealed class ModelCache(ModelsClient client, ICallerTokens tokens, DataFolder folder, ServiceIdentity service, IOptions<ModelCacheOptions> options, TimeProvider clock, ILogger<ModelCache> logger) : IModelCache
{
    public Task<CachedModel> GetAsync(string model, CancellationToken cancellationToken) => throw new NotSupportedException($"{client}{tokens}{folder}{service}{options}{clock}{logger}");
}
