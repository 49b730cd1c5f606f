namespace LlmPlatform.Retrieval.Documents;

/// <summary>A document that cannot be read.</summary>
/// <param name="code">One of <see cref="DocumentErrors"/>.</param>
/// <param name="message">For people: what is wrong and what was expected, without the document's text.</param>
/// <param name="inner">What the parser said.</param>
public sealed class DocumentException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>One of <see cref="DocumentErrors"/>.</summary>
    public string Code { get; } = code;
}
