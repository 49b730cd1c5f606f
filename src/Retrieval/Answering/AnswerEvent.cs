namespace LlmPlatform.Retrieval.Answering;

/// <summary>What happens while a chat model answers.</summary>
public abstract record AnswerEvent
{
    private AnswerEvent()
    {
    }

    /// <summary>The model wrote some more.</summary>
    public sealed record Delta(string Text) : AnswerEvent;

    /// <summary>A sentence is complete and checked.</summary>
    public sealed record Sentence(AnswerSentence Checked) : AnswerEvent;

    /// <summary>The answer is complete.</summary>
    /// <param name="Answer">All of it.</param>
    /// <param name="Sentences">Its sentences.</param>
    /// <param name="InDocuments">Whether the passages hold an answer, as the model says.</param>
    /// <param name="PromptTokens">Tokens of the prompt, where the model tells.</param>
    /// <param name="CompletionTokens">Tokens of the answer, where the model tells.</param>
    public sealed record End(string Answer, IReadOnlyList<AnswerSentence> Sentences, bool InDocuments, long PromptTokens, long CompletionTokens) : AnswerEvent;
}
