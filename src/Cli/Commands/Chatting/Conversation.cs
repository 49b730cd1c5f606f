using Grpc.Core;
using LlmPlatform.Cli.Output;
using LlmPlatform.Contracts.Generation.V1;

namespace LlmPlatform.Cli.Commands.Chatting;

/// <summary>
/// A conversation in a terminal: what was said before is sent along. Lines that begin with <c>/</c> are for the conversation
/// itself; an empty line or Ctrl+C ends it.
/// </summary>
internal sealed class Conversation(ChatRequest request, CommandOutput output, Func<ChatRequest, CancellationToken, Task<string>> answer)
{
    private const string SystemRole = "system";
    private const string UserRole = "user";
    private const string AssistantRole = "assistant";

    private static readonly (string Name, string Does)[] Commands =
    [
        ("/help", "shows these commands"),
        ("/history", "shows what was said"),
        ("/retry", "asks for another answer to the last message"),
        ("/clear", "forgets what was said"),
        ("/system TEXT", "sets the system message; without a text: none"),
        ("/model NAME", "goes on with another model"),
        ("/save FILE", "writes the conversation as a line of JSON that a model can be trained on"),
        ("/exit", "ends the conversation"),
    ];

    public async Task RunAsync(CancellationToken cancellation)
    {
        output.Note($"{request.Model}; /help shows what else there is, an empty line ends the conversation");
        while (await ReadLineAsync(cancellation) is { Length: > 0 } line)
        {
            if (!line.StartsWith('/'))
            {
                request.Messages.Add(new ChatMessage { Role = UserRole, Content = line });
                await AnswerAsync(cancellation);
                continue;
            }

            string[] words = line.Split(' ', 2, StringSplitOptions.TrimEntries);
            if (words[0] is "/exit" or "/quit")
            {
                return;
            }

            await ObeyAsync(words[0], words.ElementAtOrDefault(1) ?? "", cancellation);
        }
    }

    private async Task ObeyAsync(string command, string text, CancellationToken cancellation)
    {
        switch (command)
        {
            case "/help":
                foreach ((string name, string does) in Commands)
                {
                    output.Line($"{name,-14} {does}");
                }

                break;
            case "/history":
                foreach (ChatMessage message in request.Messages)
                {
                    output.Line($"{message.Role}: {message.Content}");
                }

                break;
            case "/retry" when request.Messages.LastOrDefault(message => message.Role == UserRole) is { } last:
                while (request.Messages[^1] != last)
                {
                    request.Messages.RemoveAt(request.Messages.Count - 1);
                }

                await AnswerAsync(cancellation);
                break;
            case "/retry":
                output.Note("there is no message to answer again");
                break;
            case "/clear":
                RemoveAll(message => message.Role != SystemRole);
                break;
            case "/system":
                RemoveAll(message => message.Role == SystemRole);
                if (text.Length > 0)
                {
                    request.Messages.Insert(0, new ChatMessage { Role = SystemRole, Content = text });
                }

                break;
            case "/model" when text.Length > 0:
                request.Model = text;
                break;
            case "/save" when text.Length > 0:
                await SaveAsync(text, cancellation);
                break;
            case "/model" or "/save":
                output.Note($"{command} needs a name behind it");
                break;
            default:
                output.Note($"there is no command {command}; /help shows those there are");
                break;
        }
    }

    private async Task AnswerAsync(CancellationToken cancellation)
    {
        try
        {
            string said = await answer(request, cancellation);
            request.Messages.Add(new ChatMessage { Role = AssistantRole, Content = said });
        }
        catch (RpcException error) when (error.StatusCode is StatusCode.NotFound or StatusCode.InvalidArgument or StatusCode.ResourceExhausted)
        {
            // The conversation goes on: another model, a shorter message, or a moment later.
            output.Note(error.Status.Detail);
            request.Messages.RemoveAt(request.Messages.Count - 1);
        }
    }

    private async Task SaveAsync(string path, CancellationToken cancellation)
    {
        try
        {
            await File.WriteAllTextAsync(path, ConversationLine.Write(request.Messages) + "\n", cancellation);
            output.Note($"saved {request.Messages.Count} messages in {path}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            output.Note($"{path} was not written: {exception.Message}");
        }
    }

    private void RemoveAll(Func<ChatMessage, bool> condition)
    {
        foreach (ChatMessage message in request.Messages.Where(condition).ToArray())
        {
            request.Messages.Remove(message);
        }
    }

    // Console.In.ReadLine cannot be cancelled, so it waits on a thread of its own.
    private async Task<string?> ReadLineAsync(CancellationToken cancellation)
    {
        output.Write("> ");
        return await Task.Run(Console.In.ReadLine, CancellationToken.None).WaitAsync(cancellation);
    }
}
