namespace LlmPlatform.Gateway.OpenAi.Generation;

/// <summary>What every chunk of one answer has in common.</summary>
/// <param name="Id">For example <c>chatcmpl-…</c>.</param>
/// <param name="Created">Unix time in seconds.</param>
/// <param name="Model">The model that answers.</param>
/// <param name="SystemFingerprint">The beginning of the model version's content hash: other weights, other fingerprint.</param>
internal sealed record AnswerHead(string Id, long Created, string Model, string? SystemFingerprint)
{
    private const int ShownHashLength = 12;

    public static AnswerHead From(GeneratedPart first, string idPrefix, string askedModel, TimeProvider clock)
    {
        string id = first.Id.Length > 0 ? first.Id : Guid.NewGuid().ToString("N");
        return new AnswerHead(
            id.StartsWith(idPrefix, StringComparison.Ordinal) ? id : idPrefix + id,
            clock.GetUtcNow().ToUnixTimeSeconds(),
            first.Model.Length > 0 ? first.Model : askedModel,
            first.Version.Length > 0 ? $"fp_{first.Version[..Math.Min(ShownHashLength, first.Version.Length)]}" : null);
    }
}
