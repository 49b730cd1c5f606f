using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using LlmPlatform.Cli.Connection;
using LlmPlatform.Cli.Output;
using LlmPlatform.Contracts.Embedding.V1;
using LlmPlatform.Contracts.Models.V1;

namespace LlmPlatform.Cli.Commands;

/// <summary><c>llm embed TEXT...</c>: vectors, or with two texts and more also how similar they are.</summary>
internal static class EmbedCommand
{
    private const int ShownComponents = 6;

    private static readonly Argument<string[]> Texts = new("text")
    {
        Description = "Texts to embed. Without any: one a line from standard input.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string?> Model = new("--model", "-m") { Description = "Encoder to use. Default: the first." };
    private static readonly Option<InputType> Type = new("--input-type")
    {
        Description = "query, document or none: which of the model's prompts goes before each text.",
        CustomParser = result => result.Tokens.Single().Value switch
        {
            "query" => InputType.Query,
            "document" => InputType.Document,
            "none" => InputType.None,
            string other => Refuse(result, other),
        },
    };

    private static readonly Option<int?> Dimensions = new("--dimensions") { Description = "Keep the first dimensions only." };

    public static Command Create()
    {
        Command command = new("embed", "Turn texts into vectors.") { Texts, Model, Type, Dimensions };
        command.SetPlatformAction(RunAsync);
        return command;
    }

    private static InputType Refuse(global::System.CommandLine.Parsing.ArgumentResult result, string value)
    {
        result.AddError($"--input-type: '{value}' is none of query, document, none");
        return InputType.Unspecified;
    }

    private static async Task RunAsync(ParseResult parsed, PlatformConnection connection, CommandOutput output, CancellationToken cancellation)
    {
        string[] texts = parsed.GetValue(Texts) is { Length: > 0 } given ? given : await ReadLinesAsync(cancellation);
        EmbedOptions options = new() { InputType = parsed.GetValue(Type) };
        if (parsed.GetValue(Dimensions) is { } dimensions)
        {
            options.Dimensions = dimensions;
        }

        EmbedRequest request = new()
        {
            Model = parsed.GetValue(Model) ?? await FirstEncoderAsync(connection, cancellation),
            Options = options,
            Inputs = { texts.Select(text => new EmbedInput { Text = text }) },
        };
        EmbedResponse response = await new Embedding.EmbeddingClient(connection.Invoker).EmbedAsync(request, cancellationToken: cancellation);
        float[][] vectors = [.. response.Embeddings.Select(embedding => MemoryMarshal.Cast<byte, float>(embedding.Values.Span).ToArray())];
        if (output.IsJson)
        {
            output.Json(new JsonObject
            {
                ["model"] = response.Model,
                ["version"] = response.Version,
                ["dimensions"] = response.Dimensions,
                ["embeddings"] = new JsonArray([.. vectors.Select(vector => (JsonNode)new JsonArray([.. vector.Select(value => JsonValue.Create(value))]))]),
                ["usage"] = new JsonObject { ["prompt_tokens"] = response.Usage?.PromptTokens ?? 0 },
            });
            return;
        }

        output.Table(
            ["text", "tokens", $"first {ShownComponents} of {response.Dimensions}", "cosine with the first"],
            texts.Select((text, index) => new[]
            {
                text,
                $"{response.Embeddings[index].TokenCount}",
                string.Join(' ', vectors[index].Take(ShownComponents).Select(value => $"{value,7:F4}")),
                $"{Cosine(vectors[0], vectors[index]):F4}",
            }));
    }

    private static async Task<string[]> ReadLinesAsync(CancellationToken cancellation)
    {
        List<string> lines = [];
        while (await Console.In.ReadLineAsync(cancellation) is { } line)
        {
            lines.Add(line);
        }

        return lines.Count > 0 ? [.. lines] : throw new CommandException("text: nothing to embed; give texts as arguments or on standard input");
    }

    private static double Cosine(float[] a, float[] b)
    {
        double dot = 0, squareA = 0, squareB = 0;
        for (int i = 0; i < a.Length; i++)
        {
            dot += (double)a[i] * b[i];
            squareA += (double)a[i] * a[i];
            squareB += (double)b[i] * b[i];
        }

        return dot / Math.Sqrt(squareA * squareB);
    }

    private static async Task<string> FirstEncoderAsync(PlatformConnection connection, CancellationToken cancellation)
    {
        ListModelsResponse models = await new Models.ModelsClient(connection.Invoker).ListAsync(
            new ListModelsRequest { Tasks = { ModelTask.SentenceSimilarity, ModelTask.FeatureExtraction } }, cancellationToken: cancellation);
        return models.Models.FirstOrDefault()?.Name
            ?? throw new CommandException("the platform has no sentence encoder yet: llm pull sentence-transformers/all-MiniLM-L6-v2, or llm models add PATH");
    }
}
