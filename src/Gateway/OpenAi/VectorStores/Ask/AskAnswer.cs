using System.Text.Json.Serialization;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Gateway.OpenAi.VectorStores.Search;

namespace LlmPlatform.Gateway.OpenAi.VectorStores.Ask;

/// <summary>An answer from documents.</summary>
public sealed record AskAnswer
{
    /// <summary><c>vector_store.answer</c>.</summary>
    [JsonPropertyName("object")]
    public string Object => "vector_store.answer";

    /// <summary>The passages that it may rest on, numbered from 1 by citations.</summary>
    [JsonPropertyName("passages")]
    public required IReadOnlyList<SearchResultItem> Passages { get; init; }

    /// <summary>Its sentences, when a model worded it.</summary>
    [JsonPropertyName("sentences")]
    public required IReadOnlyList<AskSentence> Sentences { get; init; }

    /// <summary>How it ended.</summary>
    [JsonPropertyName("result")]
    public required AskResult Result { get; init; }
}

/// <summary>A sentence that a model worded.</summary>
public sealed record AskSentence
{
    /// <summary>The sentence.</summary>
    [JsonPropertyName("text")]
    public required string Text { get; init; }

    /// <summary>Where it begins in the answer, in UTF-16 code units.</summary>
    [JsonPropertyName("start")]
    public required long Start { get; init; }

    /// <summary>Where it ends, exclusive.</summary>
    [JsonPropertyName("end")]
    public required long End { get; init; }

    /// <summary>What it rests on.</summary>
    [JsonPropertyName("citations")]
    public required IReadOnlyList<CitationObject> Citations { get; init; }

    /// <summary>Whether a cited passage bears it out.</summary>
    [JsonPropertyName("supported")]
    public required bool Supported { get; init; }

    /// <summary>Passages that it cites and that there are not.</summary>
    [JsonPropertyName("unknown_citations")]
    public required IReadOnlyList<int> UnknownCitations { get; init; }

    internal static AskSentence From(AnswerSentence sentence, IReadOnlyList<SearchResult> passages) => new()
    {
        Text = sentence.Text,
        Start = sentence.Start,
        End = sentence.End,
        Citations = [.. sentence.Citations.Select(citation => CitationObject.From(citation, passages))],
        Supported = sentence.Supported,
        UnknownCitations = sentence.UnknownCitations,
    };
}

/// <summary>How an answer ended.</summary>
public sealed record AskResult
{
    /// <summary><c>quoted</c>, <c>generated</c> or <c>not_in_documents</c>.</summary>
    [JsonPropertyName("outcome")]
    public required string Outcome { get; init; }

    /// <summary>The whole answer.</summary>
    [JsonPropertyName("answer")]
    public required string Answer { get; init; }

    /// <summary>What it rests on.</summary>
    [JsonPropertyName("citations")]
    public required IReadOnlyList<CitationObject> Citations { get; init; }

    /// <summary>How sure a quoted answer is that the documents hold one, 0 to 1.</summary>
    [JsonPropertyName("confidence")]
    public required double Confidence { get; init; }

    /// <summary>Sentences that no cited passage bears out.</summary>
    [JsonPropertyName("unsupported_sentences")]
    public required int UnsupportedSentences { get; init; }

    /// <summary>Tokens, when a model worded it.</summary>
    [JsonPropertyName("usage")]
    public required AskUsage Usage { get; init; }

    internal static AskResult From(AnswerEnd end, IReadOnlyList<SearchResult> passages) => new()
    {
        Outcome = end.Outcome,
        Answer = end.Answer,
        Citations = [.. end.Citations.Select(citation => CitationObject.From(citation, passages))],
        Confidence = end.Confidence,
        UnsupportedSentences = end.UnsupportedSentences,
        Usage = new AskUsage { PromptTokens = end.PromptTokens, CompletionTokens = end.CompletionTokens },
    };
}

/// <summary>Tokens that a model read and wrote.</summary>
public sealed record AskUsage
{
    /// <summary>Of the question and the passages.</summary>
    [JsonPropertyName("prompt_tokens")]
    public required long PromptTokens { get; init; }

    /// <summary>Of the answer.</summary>
    [JsonPropertyName("completion_tokens")]
    public required long CompletionTokens { get; init; }
}

/// <summary>One event of a streamed answer: the field that its type names is there.</summary>
public sealed record AskEvent
{
    /// <summary><c>passages</c> (first), <c>text_delta</c>, <c>sentence</c> (a sentence of a model, complete and checked) or <c>result</c> (last).</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    /// <summary>The passages that the answer may rest on.</summary>
    [JsonPropertyName("passages")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SearchResultItem>? Passages { get; init; }

    /// <summary>The next piece of the answer.</summary>
    [JsonPropertyName("text_delta")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TextDelta { get; init; }

    /// <summary>A sentence of the answer.</summary>
    [JsonPropertyName("sentence")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AskSentence? Sentence { get; init; }

    /// <summary>How the answer ended.</summary>
    [JsonPropertyName("result")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AskResult? Result { get; init; }
}
