using Grpc.Core;
using LlmPlatform.Retrieval.Answering;
using LlmPlatform.Retrieval.Filters;
using LlmPlatform.Retrieval.Search;
using LlmPlatform.RetrievalService.Models;
using LlmPlatform.RetrievalService.Searching;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.ServiceDefaults.Identity;
using Microsoft.Extensions.AI;
using Wire = LlmPlatform.Contracts.Retrieval.V1;

namespace LlmPlatform.RetrievalService.Answering;

/// <summary>Ask as a call: passages, then an answer quoted from them or written by a chat model, then how it ended.</summary>
internal sealed class AskHandler(
    CollectionSearch search, SentenceComparer comparer, ExtractiveAnswerer extractive, GenerativeAnswerer generative, IChatClient chat)
{
    public const string Quoted = "quoted";
    public const string Generated = "generated";
    public const string NotInDocuments = "not_in_documents";

    private const int DefaultPassages = 5;
    private const int MaxPassages = 20;
    private const int DefaultTokens = 512;
    private const double MaxTemperature = 2;

    public async Task AskAsync(Wire.AskRequest request, IServerStreamWriter<Wire.AskResponse> stream, ServerCallContext context)
    {
        FieldValidation validation = new FieldValidation()
            .RequireId("collection_id", request.CollectionId)
            .RequireHidden("question", request.Question.Length <= SearchHandler.MaxQuery && !string.IsNullOrWhiteSpace(request.Question), $"1 to {SearchHandler.MaxQuery} characters")
            .Require("passages", request.Passages, request.Passages is >= 0 and <= MaxPassages, $"0 (the default, {DefaultPassages}) to {MaxPassages}")
            .Require("max_tokens", request.MaxTokens, request.MaxTokens >= 0, $"0 (the default, {DefaultTokens}) or more")
            .RequireRange("temperature", request.HasTemperature ? request.Temperature : 0, 0, MaxTemperature);
        Filter? filter = FilterReader.Read(request.Filter, validation);
        validation.ThrowIfInvalid();

        CollectionAnswer found = await search.SearchAsync(
            new CollectionQuery
            {
                CollectionId = request.CollectionId,
                Text = request.Question,
                Limit = request.Passages == 0 ? DefaultPassages : request.Passages,
                Filter = filter,
            },
            context.GetCaller(),
            context.CancellationToken);
        IReadOnlyList<SearchResult> passages = found.Answer.Results;
        await stream.WriteAsync(new Wire.AskResponse { Passages = new Wire.AskPassages { Results = { passages.Select(result => SearchDescriptions.Describe(result, found.Documents[result.Point.DocumentId])) } } }, context.CancellationToken);
        Wire.AnswerEnd end = passages.Count == 0 ? new Wire.AnswerEnd { Outcome = NotInDocuments }
            : request.Model.Length == 0 ? await QuoteAsync(request.Question, found, stream, context.CancellationToken)
            : await GenerateAsync(request, found, stream, context.CancellationToken);
        await stream.WriteAsync(new Wire.AskResponse { End = end }, context.CancellationToken);
    }

    private async Task<Wire.AnswerEnd> QuoteAsync(string question, CollectionAnswer found, IServerStreamWriter<Wire.AskResponse> stream, CancellationToken cancellationToken)
    {
        ExtractedAnswer answer = await extractive.AnswerAsync(question, found.Answer, comparer.For(found), cancellationToken);
        Wire.AnswerEnd end = new() { Outcome = answer.Found ? Quoted : NotInDocuments, Confidence = answer.Confidence };
        if (answer.Found)
        {
            end.Answer = string.Join(' ', answer.Quotes.Select(quote => quote.Text));
            end.Citations.Add(answer.Quotes.Select(quote => Cite(quote, found)));
            await stream.WriteAsync(new Wire.AskResponse { TextDelta = end.Answer }, cancellationToken);
        }

        return end;
    }

    private async Task<Wire.AnswerEnd> GenerateAsync(
        Wire.AskRequest request, CollectionAnswer found, IServerStreamWriter<Wire.AskResponse> stream, CancellationToken cancellationToken)
    {
        ChatOptions options = new()
        {
            ModelId = request.Model,
            MaxOutputTokens = request.MaxTokens == 0 ? DefaultTokens : request.MaxTokens,
            Temperature = request.HasTemperature ? (float)request.Temperature : 0,
            Seed = request.HasSeed ? request.Seed : null,
        };
        Wire.AnswerEnd end = new();
        await foreach (AnswerEvent happened in generative.AnswerAsync(request.Question, found.Answer.Results, chat, options, cancellationToken))
        {
            switch (happened)
            {
                case AnswerEvent.Delta delta:
                    await stream.WriteAsync(new Wire.AskResponse { TextDelta = delta.Text }, cancellationToken);
                    break;

                case AnswerEvent.Sentence sentence:
                    await stream.WriteAsync(new Wire.AskResponse { Sentence = Describe(sentence.Checked, found) }, cancellationToken);
                    break;

                case AnswerEvent.End last:
                    end = new Wire.AnswerEnd
                    {
                        Outcome = last.InDocuments ? Generated : NotInDocuments,
                        Answer = last.Answer,
                        Citations = { last.Sentences.SelectMany(sentence => sentence.Citations).Distinct().Select(quote => Cite(quote, found)) },
                        UnsupportedSentences = last.InDocuments ? last.Sentences.Count(sentence => !sentence.Supported) : 0,
                        PromptTokens = last.PromptTokens,
                        CompletionTokens = last.CompletionTokens,
                    };
                    break;
            }
        }

        return end;
    }

    private static Wire.AnswerSentence Describe(AnswerSentence sentence, CollectionAnswer found) => new()
    {
        Text = sentence.Text,
        Start = sentence.Start,
        End = sentence.End,
        Citations = { sentence.Citations.Select(quote => Cite(quote, found)) },
        Supported = sentence.Supported,
        UnknownCitations = { sentence.UnknownCitations },
    };

    private static Wire.Citation Cite(Quote quote, CollectionAnswer found)
    {
        SearchResult passage = found.Answer.Results[quote.Passage];
        Wire.Citation citation = new()
        {
            Passage = quote.Passage + 1,
            DocumentId = passage.Point.DocumentId,
            Filename = found.Documents[passage.Point.DocumentId].Filename,
            Quote = quote.Text,
            Start = quote.Start,
            End = quote.End,
            Headings = { passage.Point.Headings },
            Sheet = passage.Point.Sheet ?? "",
        };
        if (passage.Point.Page is { } page)
        {
            citation.Page = page;
        }

        return citation;
    }
}
