using System.CommandLine;
using System.Text.Json.Nodes;
using LlmPlatform.Cli.Connection;
using LlmPlatform.Cli.Output;
using LlmPlatform.Contracts.Retrieval.V1;
using RetrievalClient = LlmPlatform.Contracts.Retrieval.V1.Retrieval.RetrievalClient;

namespace LlmPlatform.Cli.Commands.Documents;

/// <summary><c>llm search QUERY --collection NAME</c>.</summary>
internal static class SearchCommand
{
    private static readonly Argument<string> Query = new("query") { Description = "What to look for." };
    private static readonly Option<string> CollectionName = new("--collection", "-c") { Description = "Name or id of the collection.", Required = true };
    private static readonly Option<int> Limit = new("--limit", "-n") { Description = "Passages at most, 1 to 50.", DefaultValueFactory = _ => 5 };
    private static readonly Option<double?> DenseWeight = new("--dense-weight") { Description = "Share of meaning in the score, 0 to 1. Default: the collection's." };
    private static readonly Option<string[]> Where = AttributeConditions.Create();
    private static readonly Option<SearchMode> Mode = new("--mode")
    {
        Description = "hybrid, dense (by meaning) or keyword (by words). Default: hybrid where there are vectors.",
        CustomParser = result => SearchModes.Parse(result, result.Tokens.Single().Value),
    };

    public static Command Create()
    {
        Command command = new("search", "Find passages by words and by meaning.") { Query, CollectionName, Limit, Mode, DenseWeight, Where };
        command.SetPlatformAction(RunAsync);
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, PlatformConnection connection, CommandOutput output, CancellationToken cancellation)
    {
        SearchRequest request = new()
        {
            Query = parsed.GetValue(Query)!,
            Limit = parsed.GetValue(Limit),
            Mode = parsed.GetValue(Mode),
            Filter = AttributeConditions.Read(parsed.GetValue(Where)),
        };
        if (parsed.GetValue(DenseWeight) is { } weight)
        {
            request.DenseWeight = weight;
        }

        RetrievalClient client = new(connection.Invoker);
        Collection collection = await CollectionLookup.FindAsync(client, parsed.GetValue(CollectionName)!, cancellation);
        request.CollectionId = collection.Id;
        SearchResponse found = await client.SearchAsync(request, cancellationToken: cancellation);
        if (output.IsJson)
        {
            output.Json(new JsonObject
            {
                ["collection"] = new JsonObject { ["id"] = collection.Id, ["name"] = collection.Name },
                ["mode"] = SearchModes.Name(found.Mode),
                ["results"] = new JsonArray([.. found.Results.Select(result => (JsonNode)Places.Describe(result))]),
            });
            return;
        }

        if (found.Results.Count == 0)
        {
            output.Note("nothing found");
        }

        foreach (SearchResult result in found.Results)
        {
            output.Line($"{result.Score:F3}  {Places.Of(result.Passage)}{Parts(result.Parts)}");
            output.Line($"       {Places.Beginning(result.Passage.Text)}");
        }
    }

    private static string Parts(ScoreParts? parts)
    {
        string[] said =
        [
            .. parts is { HasKeyword: true } ? [$"words {parts.Keyword:F2}"] : Array.Empty<string>(),
            .. parts is { HasDense: true } ? [$"meaning {parts.Dense:F3}"] : Array.Empty<string>(),
        ];
        return said.Length > 0 ? $"  ({string.Join(", ", said)})" : "";
    }
}
