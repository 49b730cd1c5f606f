using LlmPlatform.Contracts.Models.V1;
using ModelsClient = LlmPlatform.Contracts.Models.V1.Models.ModelsClient;

namespace LlmPlatform.Gateway.OpenAi.Models;

/// <summary><c>/v1/models</c> over <c>Models.List</c> and <c>Models.Get</c>.</summary>
internal sealed class ModelEndpoints(ModelsClient models)
{
    // The most that the service gives at once.
    private const int PageSize = 200;

    public async Task ListAsync(HttpContext http)
    {
        List<Model> all = [];
        ListModelsRequest request = new() { PageSize = PageSize };
        do
        {
            ListModelsResponse page = await models.ListAsync(request, cancellationToken: http.RequestAborted);
            all.AddRange(page.Models.Select(model => Describe(model.Name, model)));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        await OpenAiJson.WriteAsync(http, new ModelList { Data = all }, OpenAiJson.Default.ModelList);
    }

    /// <param name="http">The request.</param>
    /// <param name="model">A name, which may hold slashes, as <c>HuggingFaceTB/SmolLM2-135M-Instruct</c> does.</param>
    public async Task GetAsync(HttpContext http, string model)
    {
        // Routing leaves %2F as it is, and clients escape the slash of a name.
        string name = model.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        ModelVersion found = await models.GetAsync(new GetModelRequest { Model = name }, cancellationToken: http.RequestAborted);
        await OpenAiJson.WriteAsync(http, Describe(name, found), OpenAiJson.Default.Model);
    }

    private static Model Describe(string id, ModelVersion model) => new()
    {
        Id = id,
        Created = model.CreatedAt?.Seconds ?? 0,
        OwnedBy = model.Tenant,
        Task = model.Task switch
        {
            ModelTask.TextGeneration => "text-generation",
            ModelTask.SentenceSimilarity => "sentence-similarity",
            ModelTask.FeatureExtraction => "feature-extraction",
            _ => null,
        },
    };
}
