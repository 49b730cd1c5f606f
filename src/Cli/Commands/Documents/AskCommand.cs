using System.CommandLine;
using System.Text.Json.Nodes;
using Grpc.Core;
using LlmPlatform.Cli.Connection;
using LlmPlatform.Cli.Output;
using LlmPlatform.Contracts.Retrieval.V1;
using RetrievalClient = LlmPlatform.Contracts.Retrieval.V1.Retrieval.RetrievalClient;

namespace LlmPlatform.Cli.Commands.Documents;

/// <summary><c>llm ask QUESTION --collection NAME</c>: an answer from documents, with citations.</summary>
internal static class AskCommand
{
    private const string NotInDocuments = "not_in_documents";

    private static readonly Argument<string> Question = new("question") { Description = "What to answer from the documents." };
    private static readonly Option<string> CollectionName = new("--collection", "-c") { Description = "Name or id of the collection.", Required = true };
    private static readonly Option<string?> Model = new("--model", "-m") { Description = "Chat model that words the answer. Default: none; it is quoted from the documents." };
    private static readonly Option<int?> Passages = new("--passages") { Description = "Passages that the answer may rest on, 1 to 20. Default: 5." };
    private static readonly Option<int?> MaxTokens = new("--max-tokens") { Description = "Tokens of the answer at most, with a model." };
    private static readonly Option<double?> Temperature = new("--temperature") { Description = "0 (most likely token) to 2, with a model." };
    private static readonly Option<long?> Seed = new("--seed") { Description = "The same seed gives the same answer, with a model." };
    private static readonly Option<string[]> Where = AttributeConditions.Create();

    public static Command Create()
    {
        Command command = new("ask", "Answer a question from documents, with citations.") { Question, CollectionName, Model, Passages, MaxTokens, Temperature, Seed, Where };
        command.SetPlatformAction(RunAsync);
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, PlatformConnection connection, CommandOutput output, CancellationToken cancellation)
    {
        AskRequest request = Request(parsed);
        RetrievalClient client = new(connection.Invoker);
        request.CollectionId = (await CollectionLookup.FindAsync(client, parsed.GetValue(CollectionName)!, cancellation)).Id;
        List<SearchResult> passages = [];
        List<AnswerSentence> sentences = [];
        AnswerEnd? end = null;
        bool written = false;
        using AsyncServerStreamingCall<AskResponse> call = client.Ask(request, cancellationToken: cancellation);
        await foreach (AskResponse part in call.ResponseStream.ReadAllAsync(cancellation))
        {
            switch (part.EventCase)
            {
                case AskResponse.EventOneofCase.Passages:
                    passages.AddRange(part.Passages.Results);
                    break;
                case AskResponse.EventOneofCase.TextDelta when !output.IsJson:
                    output.Write(part.TextDelta);
                    written = true;
                    break;
                case AskResponse.EventOneofCase.Sentence:
                    sentences.Add(part.Sentence);
                    break;
                case AskResponse.EventOneofCase.End:
                    end = part.End;
                    break;
            }
        }

        if (end is null)
        {
            throw new CommandException("the platform ended its answer before the end");
        }

        if (output.IsJson)
        {
            output.Json(Describe(end, sentences, passages));
            return;
        }

        output.Line(written ? "" : end.Outcome == NotInDocuments ? "The documents do not say." : end.Answer);
        Cite(output, end, sentences);
    }

    private static AskRequest Request(ParseResult parsed)
    {
        AskRequest request = new()
        {
            Question = parsed.GetValue(Question)!,
            Model = parsed.GetValue(Model) ?? "",
            Filter = AttributeConditions.Read(parsed.GetValue(Where)),
            Passages = parsed.GetValue(Passages) ?? 0,
            MaxTokens = parsed.GetValue(MaxTokens) ?? 0,
        };
        if (parsed.GetValue(Temperature) is { } temperature)
        {
            request.Temperature = temperature;
        }

        if (parsed.GetValue(Seed) is { } seed)
        {
            request.Seed = seed;
        }

        return request;
    }

    private static void Cite(CommandOutput output, AnswerEnd end, List<AnswerSentence> sentences)
    {
        foreach (Citation citation in end.Citations)
        {
            output.Line($"[{citation.Passage}] {Places.Of(citation)}");
            output.Line($"    \"{Places.Beginning(citation.Quote)}\"");
        }

        foreach (AnswerSentence sentence in sentences.Where(sentence => !sentence.Supported))
        {
            output.Note($"no passage bears this out: {Places.Beginning(sentence.Text)}");
        }
    }

    private static JsonObject Describe(AnswerEnd end, List<AnswerSentence> sentences, List<SearchResult> passages) => new()
    {
        ["outcome"] = end.Outcome,
        ["answer"] = end.Answer,
        ["citations"] = new JsonArray([.. end.Citations.Select(citation => (JsonNode)Places.Describe(citation))]),
        ["confidence"] = end.Confidence,
        ["unsupported_sentences"] = end.UnsupportedSentences,
        ["sentences"] = new JsonArray([.. sentences.Select(sentence => (JsonNode)new JsonObject
        {
            ["text"] = sentence.Text,
            ["supported"] = sentence.Supported,
            ["citations"] = new JsonArray([.. sentence.Citations.Select(citation => (JsonNode)Places.Describe(citation))]),
        })]),
        ["passages"] = new JsonArray([.. passages.Select(result => (JsonNode)Places.Describe(result))]),
        ["usage"] = new JsonObject { ["prompt_tokens"] = end.PromptTokens, ["completion_tokens"] = end.CompletionTokens },
    };
}
