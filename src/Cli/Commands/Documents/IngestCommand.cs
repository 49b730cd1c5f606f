using System.CommandLine;
using System.Text.Json.Nodes;
using LlmPlatform.Cli.Connection;
using LlmPlatform.Cli.Output;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.Contracts.Retrieval.V1;
using RetrievalClient = LlmPlatform.Contracts.Retrieval.V1.Retrieval.RetrievalClient;

namespace LlmPlatform.Cli.Commands.Documents;

/// <summary><c>llm ingest PATH... --collection NAME</c>: files and folders become documents that can be searched and asked.</summary>
internal static class IngestCommand
{
    private static readonly Argument<string[]> Paths = new("path") { Description = "Files and folders; folders with all below them.", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string> CollectionName = new("--collection", "-c")
    {
        Description = "Name or id of the collection; one that is not there is made.",
        Required = true,
    };

    private static readonly Option<string?> EmbeddingModel = new("--embedding-model")
    {
        Description = "Encoder of a collection that is made. Default: the platform's first; without one it is searched by words.",
    };

    private static readonly Option<bool> KeywordOnly = new("--keyword-only") { Description = "A collection that is made is searched by words only." };
    private static readonly Option<bool> NoWait = new("--no-wait") { Description = "Ends when everything is queued." };

    public static Command Create()
    {
        Command command = new("ingest", "Upload documents and index them. Those that the collection has unchanged are passed over.")
        {
            Paths, CollectionName, EmbeddingModel, KeywordOnly, NoWait,
        };
        command.SetPlatformAction(RunAsync);
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, PlatformConnection connection, CommandOutput output, CancellationToken cancellation)
    {
        // What is wrong with the paths is said before anything is made.
        (IReadOnlyList<LocalDocument> local, int leftOut) = LocalDocuments.Find(parsed.GetValue(Paths)!);
        RetrievalClient retrieval = new(connection.Invoker);
        (Collection collection, bool made) = await FindOrMakeAsync(parsed, retrieval, cancellation);
        if (made)
        {
            output.Note($"made collection {collection.Name} ({collection.Id})");
        }

        bool wait = !parsed.GetValue(NoWait);
        (IngestRun run, IReadOnlyList<Document> documents) = await output.ProgressAsync(async bars =>
        {
            IngestRun run = new(retrieval, new Files.FilesClient(connection.Invoker), collection.Id, bars);
            Dictionary<string, Document> queued = await run.QueueAsync(local, cancellation);
            return (run, wait && queued.Count > 0 ? await run.WaitAsync(queued, cancellation) : [.. queued.Values]);
        });

        Document[] unfinished = [.. documents.Where(document => document.Status is DocumentStatus.Failed or DocumentStatus.Cancelled)];
        if (output.IsJson)
        {
            output.Json(new JsonObject
            {
                ["collection"] = new JsonObject { ["id"] = collection.Id, ["name"] = collection.Name, ["created"] = made },
                ["completed"] = documents.Count(document => document.Status == DocumentStatus.Completed),
                ["queued"] = documents.Count(document => document.Status is DocumentStatus.Queued or DocumentStatus.InProgress),
                ["unchanged"] = run.Unchanged.Count,
                ["left_out"] = leftOut,
                ["chunks"] = documents.Where(document => document.Status == DocumentStatus.Completed).Sum(document => document.Chunks),
                ["documents"] = new JsonArray([.. documents.Select(document => (JsonNode)Describe(document))]),
            });
        }
        else
        {
            Report(output, collection, documents, unfinished, run.Unchanged.Count, leftOut);
        }

        if (unfinished.Length > 0)
        {
            throw new CommandException($"{unfinished.Length} of {local.Count} documents were not indexed");
        }
    }

    private static async Task<(Collection Collection, bool Made)> FindOrMakeAsync(ParseResult parsed, RetrievalClient retrieval, CancellationToken cancellation)
    {
        string name = parsed.GetValue(CollectionName)!;
        if (await CollectionLookup.TryFindAsync(retrieval, name, toChange: true, cancellation) is { } found)
        {
            return (found, false);
        }

        CreateCollectionRequest request = new()
        {
            Name = name,
            EmbeddingModel = parsed.GetValue(EmbeddingModel) ?? "",
            KeywordOnly = parsed.GetValue(KeywordOnly),
            RequestId = Guid.NewGuid().ToString("N"),
        };
        return (await retrieval.CreateCollectionAsync(request, cancellationToken: cancellation), true);
    }

    private static void Report(
        CommandOutput output, Collection collection, IReadOnlyList<Document> documents, Document[] unfinished, int unchanged, int leftOut)
    {
        if (unfinished.Length > 0)
        {
            output.Table(
                ["not indexed", "reason", "what to know"],
                unfinished.Select(document => new[] { IngestRun.NameOf(document), ReasonOf(document), document.LastError?.Message ?? "" }));
        }

        foreach (Document document in documents.Where(document => document.Warnings.Count > 0))
        {
            output.Note($"{IngestRun.NameOf(document)}: {string.Join("; ", document.Warnings)}");
        }

        int completed = documents.Count(document => document.Status == DocumentStatus.Completed);
        int queued = documents.Count - completed - unfinished.Length;
        string line = queued > 0 ? $"queued {queued}" : $"indexed {completed}";
        output.Line($"{line}, unchanged {unchanged}, not indexed {unfinished.Length} in {collection.Name}{(leftOut > 0 ? $"; {leftOut} files of other kinds left out" : "")}");
    }

    private static string ReasonOf(Document document) => document.Status == DocumentStatus.Cancelled ? "cancelled" : document.LastError?.Code ?? "failed";

    private static JsonObject Describe(Document document) => new()
    {
        ["id"] = document.Id,
        ["path"] = IngestRun.NameOf(document),
        ["file_id"] = document.FileId,
        ["status"] = document.Status switch
        {
            DocumentStatus.Completed => "completed",
            DocumentStatus.Failed => "failed",
            DocumentStatus.Cancelled => "cancelled",
            DocumentStatus.InProgress => "in_progress",
            _ => "queued",
        },
        ["chunks"] = document.Chunks,
        ["chunks_embedded"] = document.ChunksEmbedded,
        ["error"] = document is { Status: DocumentStatus.Failed, LastError: { } error } ? new JsonObject { ["code"] = error.Code, ["message"] = error.Message } : null,
        ["warnings"] = new JsonArray([.. document.Warnings.Select(warning => JsonValue.Create(warning))]),
    };
}
