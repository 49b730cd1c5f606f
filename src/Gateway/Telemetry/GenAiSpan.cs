using System.Diagnostics;
using LlmPlatform.Gateway.OpenAi.Errors;
using LlmPlatform.Gateway.OpenAi.Generation;
using Microsoft.AspNetCore.Http.Features;

namespace LlmPlatform.Gateway.Telemetry;

/// <summary>
/// Notes on the HTTP request's span what OpenTelemetry's semantic conventions for generative AI ask for
/// (https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/). Prompts and answers are not noted.
/// </summary>
internal sealed class GenAiSpan
{
    private readonly Activity? _activity;

    private GenAiSpan(Activity? activity) => _activity = activity;

    /// <param name="http">The request.</param>
    /// <param name="operation"><c>chat</c>, <c>text_completion</c> or <c>embeddings</c>.</param>
    /// <param name="model">The model that was asked for.</param>
    public static GenAiSpan Begin(HttpContext http, string operation, string model)
    {
        GenAiSpan span = new(http.Features.Get<IHttpActivityFeature>()?.Activity ?? Activity.Current);
        span._activity?.SetTag("gen_ai.operation.name", operation);
        span._activity?.SetTag("gen_ai.provider.name", "llmplatform");
        span._activity?.SetTag("gen_ai.request.model", model);
        return span;
    }

    /// <param name="http">The request.</param>
    /// <param name="vectorStore">Where it looks for passages.</param>
    /// <param name="model">The model that words an answer, if one does.</param>
    public static GenAiSpan BeginRetrieval(HttpContext http, string vectorStore, string? model = null)
    {
        GenAiSpan span = new(http.Features.Get<IHttpActivityFeature>()?.Activity ?? Activity.Current);
        span._activity?.SetTag("gen_ai.operation.name", "retrieval");
        span._activity?.SetTag("gen_ai.provider.name", "llmplatform");
        span._activity?.SetTag("gen_ai.data_source.id", vectorStore);
        if (model is not null)
        {
            span._activity?.SetTag("gen_ai.request.model", model);
        }

        return span;
    }

    public void NoteRequest(Sampling sampling, int? maxTokens)
    {
        Set("gen_ai.request.temperature", sampling.Temperature);
        Set("gen_ai.request.top_p", sampling.TopP);
        Set("gen_ai.request.top_k", sampling.TopK);
        Set("gen_ai.request.seed", sampling.Seed);
        Set("gen_ai.request.max_tokens", maxTokens);
    }

    /// <summary>What a part of an answer tells; the last one has the usage.</summary>
    public void Note(GeneratedPart part)
    {
        if (part.FinishReason is { } reason)
        {
            _activity?.SetTag("gen_ai.response.model", part.Model);
            _activity?.SetTag("gen_ai.response.id", part.Id);
            _activity?.SetTag("gen_ai.response.finish_reasons", new[] { reason });
        }

        if (part.Usage is { } usage)
        {
            NoteUsage(usage.PromptTokens, usage.CompletionTokens);
        }
    }

    public void NoteUsage(long inputTokens, long? outputTokens)
    {
        Set<long>("gen_ai.usage.input_tokens", inputTokens);
        Set("gen_ai.usage.output_tokens", outputTokens);
    }

    /// <summary>A failure that the status code does not show, since it was sent before.</summary>
    public void Fail(OpenAiException error)
    {
        _activity?.SetStatus(ActivityStatusCode.Error, error.Error.Code);
        _activity?.SetTag("error.type", error.Error.Code ?? error.Error.Type);
    }

    private void Set<T>(string name, T? value)
        where T : struct
    {
        if (value is { } known)
        {
            _activity?.SetTag(name, known);
        }
    }
}
