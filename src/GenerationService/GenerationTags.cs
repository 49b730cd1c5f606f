using System.Diagnostics;
using LlmPlatform.Inference.Scheduling;

namespace LlmPlatform.GenerationService;

/// <summary>OpenTelemetry's attributes for generative AI on the call's span. Never any text.</summary>
internal static class GenerationTags
{
    public static void Begin(Activity? span, string operation, string requestModel, string responseModel, string id) => span?
        .SetTag("gen_ai.operation.name", operation)
        .SetTag("gen_ai.provider.name", "llmplatform")
        .SetTag("gen_ai.request.model", requestModel)
        .SetTag("gen_ai.response.model", responseModel)
        .SetTag("gen_ai.response.id", id);

    public static void Progress(Activity? span, GenerationChunk chunk)
    {
        span?.SetTag("gen_ai.usage.input_tokens", chunk.PromptTokens).SetTag("gen_ai.usage.output_tokens", chunk.CompletionTokens);
        if (chunk.FinishReason is { } reason)
        {
            span?.SetTag("gen_ai.response.finish_reasons", new[] { reason == FinishReason.Stop ? "stop" : "length" });
        }
    }
}
