using System.Text;
using LlmPlatform.Gateway.Telemetry;

namespace LlmPlatform.Gateway.OpenAi.Generation;

/// <summary>A whole answer, for callers who do not stream.</summary>
internal sealed record CollectedAnswer(AnswerHead Head, string Text, string FinishReason, CompletionUsage? Usage)
{
    /// <summary>Reads the parts to their end, which <see cref="GeneratedPart"/> sees to: the last one has a finish reason.</summary>
    public static async Task<CollectedAnswer> ReadAsync(
        IAsyncEnumerable<GeneratedPart> parts, string idPrefix, string askedModel, TimeProvider clock, GenAiSpan span)
    {
        StringBuilder text = new();
        AnswerHead? head = null;
        string? finishReason = null;
        CompletionUsage? usage = null;
        await foreach (GeneratedPart part in parts)
        {
            head ??= AnswerHead.From(part, idPrefix, askedModel, clock);
            text.Append(part.Text);
            finishReason = part.FinishReason ?? finishReason;
            usage = part.Usage ?? usage;
            span.Note(part);
        }

        return new CollectedAnswer(head!, text.ToString(), finishReason!, usage);
    }
}
