using System.Runtime.CompilerServices;
using System.Text;
using LlmPlatform.Retrieval.Chunking;
using LlmPlatform.Retrieval.Keywords;
using LlmPlatform.Retrieval.Search;
using Microsoft.Extensions.AI;

namespace LlmPlatform.Retrieval.Answering;

/// <summary>
/// Has a chat model answer from numbered passages, and checks each sentence against the passages that it cites as soon as
/// it is complete: what no passage bears out is marked, not hidden.
/// </summary>
public sealed class GenerativeAnswerer(ITextAnalyzer analyzer)
{
    /// <summary>Answers a question.</summary>
    /// <param name="question">The question.</param>
    /// <param name="passages">What was found for it, best first; they are numbered from 1.</param>
    /// <param name="chat">The model.</param>
    /// <param name="options">Sampling and length.</param>
    /// <param name="cancellationToken">Ends the work, and the model's.</param>
    public async IAsyncEnumerable<AnswerEvent> AnswerAsync(
        string question,
        IReadOnlyList<SearchResult> passages,
        IChatClient chat,
        ChatOptions options,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        CitationCheck check = new(analyzer, question, passages);
        StringBuilder answer = new();
        List<AnswerSentence> sentences = [];
        int checkedUntil = 0;
        UsageDetails usage = new();
        await foreach (ChatResponseUpdate update in chat.GetStreamingResponseAsync(AnswerPrompt.Build(question, passages), options, cancellationToken))
        {
            foreach (UsageContent content in update.Contents.OfType<UsageContent>())
            {
                usage.Add(content.Details);
            }

            if (update.Text.Length == 0)
            {
                continue;
            }

            answer.Append(update.Text);
            yield return new AnswerEvent.Delta(update.Text);
            foreach (AnswerSentence sentence in Complete(answer.ToString(), ended: false))
            {
                yield return new AnswerEvent.Sentence(sentence);
            }
        }

        string whole = answer.ToString();
        foreach (AnswerSentence sentence in Complete(whole, ended: true))
        {
            yield return new AnswerEvent.Sentence(sentence);
        }

        bool inDocuments = whole.Trim().Length > 0 && !whole.Contains(AnswerPrompt.NotInDocuments, StringComparison.OrdinalIgnoreCase);
        yield return new AnswerEvent.End(whole, sentences, inDocuments, usage.InputTokenCount ?? 0, usage.OutputTokenCount ?? 0);

        // The sentences that are complete and were not checked before. The last one may still go on, and markers behind a
        // sentence's end belong to it.
        List<AnswerSentence> Complete(string text, bool ended)
        {
            List<TextSpan> spans = WithTheirMarkers(text, checkedUntil);
            if (!ended && spans.Count > 0 && CitationMarkers.MayBegin(text.AsSpan(spans[^1].Start, spans[^1].Length)))
            {
                spans.RemoveAt(spans.Count - 1);
            }

            int count = ended ? spans.Count : spans.Count - 1;
            List<AnswerSentence> complete = [];
            for (int i = 0; i < count; i++)
            {
                complete.Add(check.Check(text[spans[i].Start..spans[i].End], spans[i].Start));
                checkedUntil = spans[i].End;
            }

            sentences.AddRange(complete);
            return complete;
        }
    }

    // Sentences of the text from a place on; markers at a sentence's beginning go to the one before it.
    private static List<TextSpan> WithTheirMarkers(string text, int from)
    {
        List<TextSpan> spans = [];
        foreach (TextSpan span in SentenceSplitter.Split(text.AsSpan(from)))
        {
            int start = from + span.Start;
            int end = from + span.End;
            int markers = spans.Count > 0 ? CitationMarkers.LengthAtStart(text.AsSpan(start, end - start)) : 0;
            if (markers > 0)
            {
                spans[^1] = spans[^1] with { End = start + markers };
                start += markers;
                while (start < end && char.IsWhiteSpace(text[start]))
                {
                    start++;
                }
            }

            if (start < end)
            {
                spans.Add(new TextSpan(start, end));
            }
        }

        return spans;
    }
}
