using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Grpc.Core;
using LlmPlatform.Cli.Connection;
using LlmPlatform.Cli.Output;
using LlmPlatform.Contracts.Generation.V1;
using LlmPlatform.Contracts.Models.V1;

namespace LlmPlatform.Cli.Commands.Chatting;

/// <summary><c>llm chat [MESSAGE]</c>: one answer, or a conversation when no message is given.</summary>
internal static class ChatCommand
{
    private static readonly Argument<string?> Message = new("message")
    {
        Description = "What to say. Without it: a conversation (/help in it), until an empty line or Ctrl+C.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string?> Model = new("--model", "-m") { Description = "Model to talk to. Default: the first chat model." };
    private static readonly Option<string?> System = new("--system") { Description = "System message." };
    private static readonly Option<float?> Temperature = new("--temperature") { Description = "0 (most likely token) to 2." };
    private static readonly Option<float?> TopP = new("--top-p") { Description = "Keep the most likely tokens whose probabilities add up to this." };
    private static readonly Option<int?> TopK = new("--top-k") { Description = "Keep the k most likely tokens." };
    private static readonly Option<ulong?> Seed = new("--seed") { Description = "The same seed gives the same answer." };
    private static readonly Option<int?> MaxTokens = new("--max-tokens") { Description = "New tokens at most." };

    public static Command Create()
    {
        Command command = new("chat", "Chat with a model.") { Message, Model, System, Temperature, TopP, TopK, Seed, MaxTokens };
        command.SetPlatformAction(RunAsync);
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, PlatformConnection connection, CommandOutput output, CancellationToken cancellation)
    {
        string model = parsed.GetValue(Model) ?? await FirstChatModelAsync(connection, cancellation);
        ChatRequest request = new()
        {
            Model = model,
            Sampling = Sampling(parsed),
            Stopping = new StoppingParameters(),
        };
        if (parsed.GetValue(MaxTokens) is { } maxTokens)
        {
            request.Stopping.MaxTokens = maxTokens;
        }

        if (parsed.GetValue(System) is { } system)
        {
            request.Messages.Add(new ChatMessage { Role = "system", Content = system });
        }

        Generation.GenerationClient client = new(connection.Invoker);
        if (parsed.GetValue(Message) is { } message)
        {
            request.Messages.Add(new ChatMessage { Role = "user", Content = message });
            await AnswerAsync(client, request, output, cancellation);
            return;
        }

        if (output.IsJson)
        {
            throw new CommandException("--json needs a message: llm chat --json \"Hello\"");
        }

        await new Conversation(request, output, (asked, stop) => AnswerAsync(client, asked, output, stop)).RunAsync(cancellation);
    }

    private static SamplingParameters Sampling(ParseResult parsed)
    {
        SamplingParameters sampling = new();
        if (parsed.GetValue(Temperature) is { } temperature)
        {
            sampling.Temperature = temperature;
        }

        if (parsed.GetValue(TopP) is { } topP)
        {
            sampling.TopP = topP;
        }

        if (parsed.GetValue(TopK) is { } topK)
        {
            sampling.TopK = topK;
        }

        if (parsed.GetValue(Seed) is { } seed)
        {
            sampling.Seed = seed;
        }

        return sampling;
    }

    private static async Task<string> AnswerAsync(Generation.GenerationClient client, ChatRequest request, CommandOutput output, CancellationToken cancellation)
    {
        StringBuilder answer = new();
        ChatResponse last = new();
        using AsyncServerStreamingCall<ChatResponse> call = client.Chat(request, cancellationToken: cancellation);
        await foreach (ChatResponse part in call.ResponseStream.ReadAllAsync(cancellation))
        {
            answer.Append(part.Content);
            last = part;
            if (!output.IsJson)
            {
                output.Write(part.Content);
            }
        }

        if (output.IsJson)
        {
            output.Json(new JsonObject
            {
                ["model"] = last.Model,
                ["version"] = last.Version,
                ["content"] = answer.ToString(),
                ["finish_reason"] = last.FinishReason == FinishReason.Length ? "length" : "stop",
                ["usage"] = new JsonObject
                {
                    ["prompt_tokens"] = last.Usage?.PromptTokens ?? 0,
                    ["completion_tokens"] = last.Usage?.CompletionTokens ?? 0,
                },
            });
        }
        else
        {
            output.Line("");
        }

        return answer.ToString();
    }

    private static async Task<string> FirstChatModelAsync(PlatformConnection connection, CancellationToken cancellation)
    {
        ListModelsResponse models = await new Models.ModelsClient(connection.Invoker)
            .ListAsync(new ListModelsRequest { Tasks = { ModelTask.TextGeneration } }, cancellationToken: cancellation);
        return (models.Models.FirstOrDefault(model => model.HasChatTemplate) ?? models.Models.FirstOrDefault())?.Name
            ?? throw new CommandException("the platform has no chat model yet: llm pull HuggingFaceTB/SmolLM2-135M-Instruct, or llm models add PATH");
    }
}
