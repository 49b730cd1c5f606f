using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using LlmPlatform.Cli.Commands.Documents;
using LlmPlatform.Cli.Connection;
using LlmPlatform.Cli.Output;
using LlmPlatform.Contracts.Retrieval.V1;
using LlmPlatform.Retrieval.Evaluation;
using RetrievalClient = LlmPlatform.Contracts.Retrieval.V1.Retrieval.RetrievalClient;

namespace LlmPlatform.Cli.Commands.Evaluation;

/// <summary><c>llm eval retrieval questions.jsonl --collection NAME</c>: a table of ranking measures for each way to search.</summary>
internal static class EvalRetrievalCommand
{
    // What one search can return.
    private const int Limit = 50;
    private const int Depth = 10;
    private const int RecallDepth = 5;

    private static readonly Argument<string> Questions = new("questions")
    {
        Description = "JSON Lines of {\"query\": \"...\", \"relevant\": [\"name.md\", ...]}; documents by file name or id.",
    };

    private static readonly Option<string> CollectionName = new("--collection", "-c") { Description = "Name or id of the collection.", Required = true };
    private static readonly Option<string?> Judgements = new("--qrels") { Description = "A table (query id, document, grade; tabs between) for questions in BEIR's form." };
    private static readonly Option<SearchMode[]> Modes = new("--mode")
    {
        Description = "keyword, dense, hybrid; may be repeated. Default: all that the collection has.",
        CustomParser = result => [.. result.Tokens.Select(token => SearchModes.Parse(result, token.Value))],
        AllowMultipleArgumentsPerToken = true,
    };

    public static Command Create()
    {
        Command command = new("retrieval", "Search for questions with known documents and say how often they are found.") { Questions, CollectionName, Judgements, Modes };
        command.SetPlatformAction(RunAsync);
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, PlatformConnection connection, CommandOutput output, CancellationToken cancellation)
    {
        List<Question> questions = QuestionFile.Read(parsed.GetValue(Questions)!, parsed.GetValue(Judgements));
        RetrievalClient client = new(connection.Invoker);
        Collection collection = await CollectionLookup.FindAsync(client, parsed.GetValue(CollectionName)!, cancellation);
        SearchMode[] modes = parsed.GetValue(Modes) is { Length: > 0 } asked ? asked
            : collection.EmbeddingModel.Length > 0 ? [SearchMode.Keyword, SearchMode.Dense, SearchMode.Hybrid]
            : [SearchMode.Keyword];
        List<(string Mode, double Ndcg, double Recall, double ReciprocalRank, double Hit)> rows = [];
        await output.CountAsync(modes.Length * questions.Count, async done =>
        {
            foreach (SearchMode mode in modes)
            {
                List<RankingMetrics> metrics = [];
                foreach (Question question in questions)
                {
                    metrics.Add(await MeasureAsync(client, collection.Id, question, mode, cancellation));
                    done();
                }

                rows.Add((
                    SearchModes.Name(mode),
                    metrics.Average(one => one.NdcgAt(Depth)),
                    metrics.Average(one => one.RecallAt(RecallDepth)),
                    metrics.Average(one => one.ReciprocalRankAt(Depth)),
                    metrics.Average(one => one.HitAt(1))));
            }
        });

        if (output.IsJson)
        {
            output.Json(new JsonObject
            {
                ["collection"] = new JsonObject { ["id"] = collection.Id, ["name"] = collection.Name },
                ["questions"] = questions.Count,
                ["results"] = new JsonArray([.. rows.Select(row => (JsonNode)new JsonObject
                {
                    ["mode"] = row.Mode, ["ndcg@10"] = row.Ndcg, ["recall@5"] = row.Recall, ["mrr@10"] = row.ReciprocalRank, ["hit@1"] = row.Hit,
                })]),
            });
            return;
        }

        output.Table(
            ["search", "nDCG@10", "recall@5", "MRR@10", "hit@1"],
            rows.Select(row => new[] { row.Mode, Number(row.Ndcg), Number(row.Recall), Number(row.ReciprocalRank), Number(row.Hit) }));
        output.Note($"{questions.Count} questions over {collection.Documents.Completed} documents of {collection.Name}");
    }

    private static async Task<RankingMetrics> MeasureAsync(RetrievalClient client, string collection, Question question, SearchMode mode, CancellationToken cancellation)
    {
        SearchResponse found = await client.SearchAsync(
            new SearchRequest { CollectionId = collection, Query = question.Text, Mode = mode, Limit = Limit, MaxPerDocument = 1 }, cancellationToken: cancellation);

        // A document that the judgements know by its name and by its id is one document.
        return RankingMetrics.Of(
            found.Results.Select(result => question.Grades.ContainsKey(result.Passage.DocumentId) ? result.Passage.DocumentId : result.Passage.Filename).Distinct(),
            question.Grades);
    }

    private static string Number(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}
