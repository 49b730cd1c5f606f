using System.CommandLine;
using System.Text.Json.Nodes;
using LlmPlatform.Cli.Connection;
using LlmPlatform.Cli.Output;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.Contracts.Training.V1;
using TrainingClient = LlmPlatform.Contracts.Training.V1.Training.TrainingClient;

namespace LlmPlatform.Cli.Commands.Training;

/// <summary><c>llm train recipe.yaml</c>.</summary>
internal static class TrainCommand
{
    private static readonly Argument<string?> RecipePath = new("recipe") { Description = "A recipe in YAML.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<bool> Schema = new("--schema") { Description = "Prints the keys of a recipe with their types and defaults." };
    private static readonly Option<string?> Name = new("--name") { Description = "What the job is called, at most 64 characters." };
    private static readonly Option<bool?> Watch = new("--watch") { Description = "Follows the job to its end. Default: true in a terminal.", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create()
    {
        Command command = new("train", "Train a model by a recipe. Prints the recipe with every default.") { RecipePath, Schema, Name, Watch };
        command.SetPlatformAction(RunAsync);
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, PlatformConnection connection, CommandOutput output, CancellationToken cancellation)
    {
        if (parsed.GetValue(Schema))
        {
            PrintSchema(output);
            return;
        }

        string path = parsed.GetValue(RecipePath) ?? throw new CommandException("recipe: expected a file (llm train --schema shows what it holds)");
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Recipe recipe = RecipeFile.Read(path);
        TrainingFiles.Check(recipe, folder);
        await output.ProgressAsync(async bars =>
        {
            await new TrainingFiles(new Files.FilesClient(connection.Invoker), folder, bars).UploadAsync(recipe, cancellation);
            return true;
        });

        TrainingClient client = new(connection.Invoker);
        Job job = await client.CreateJobAsync(
            new CreateJobRequest { Recipe = recipe, Name = parsed.GetValue(Name) ?? "", RequestId = Guid.NewGuid().ToString("N") }, cancellationToken: cancellation);
        if (!output.IsJson)
        {
            output.Note($"job {job.Id} is queued; it trains by:");
            foreach (string line in RecipeText.Yaml(job.Recipe))
            {
                output.Line(line);
            }
        }

        bool watch = parsed.GetValue(Watch) ?? (parsed.GetResult(Watch) is { Implicit: false } || (output.IsLive && !output.IsJson));
        if (watch)
        {
            job = await JobWatch.FollowAsync(client, output, job, cancellation);
        }

        if (output.IsJson)
        {
            output.Json(JobText.Json(job));
        }
        else if (watch && job.OutputVersion.Length > 0)
        {
            output.Line($"trained {job.OutputVersion}");
        }

        JobWatch.RequireSuccess(job);
    }

    private static void PrintSchema(CommandOutput output)
    {
        if (output.IsJson)
        {
            output.Json(new JsonArray([.. RecipeSchema.Keys.Select(key => (JsonNode)new JsonObject { ["key"] = key.Key, ["type"] = key.Type, ["default"] = key.Default })]));
            return;
        }

        output.Table(["key", "type", "default"], RecipeSchema.Keys.Select(key => new[] { key.Key, key.Type, key.Default }));
    }
}
