using LlmPlatform.Contracts.Generation.V1;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Inference.Sampling;

namespace LlmPlatform.GenerationService.Prompts;

/// <summary>
/// How tokens are chosen: what the request says, else what the model's makers recommend in generation_config.json, else
/// plain sampling.
/// </summary>
internal static class SamplingDefaults
{
    public static SamplingOptions Resolve(SamplingParameters? request, GenerationConfig recommended)
    {
        request ??= new SamplingParameters();
        double temperature = request.HasTemperature ? request.Temperature
            : recommended.DoSample == false ? 0
            : recommended.Temperature ?? 1;
        return new SamplingOptions
        {
            Temperature = (float)temperature,
            TopK = request.HasTopK ? request.TopK : recommended.TopK ?? 0,
            TopP = request.HasTopP ? request.TopP : (float)(recommended.TopP ?? 1),
            Seed = request.HasSeed ? request.Seed : null,
        };
    }
}
