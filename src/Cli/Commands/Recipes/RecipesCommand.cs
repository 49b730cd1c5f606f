using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using LlmPlatform.Cli.Commands.Training;
using LlmPlatform.Cli.Connection;
using LlmPlatform.Cli.Output;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.Recipes.Running;

namespace LlmPlatform.Cli.Commands.Recipes;

/// <summary><c>llm recipes list</c> and <c>llm recipes run NAME</c>: the starter models, trained by a running platform.</summary>
internal static class RecipesCommand
{
    private static readonly Argument<string> Name = new("name") { Description = "The recipe (llm recipes list)." };
    private static readonly Option<string> Data = new("--data") { Description = "Folder that holds a folder for each data set.", Required = true };
    private static readonly Option<string?> Teacher = new("--teacher") { Description = "Folder or Hugging Face id of the model that teaches, for recipes that have one." };
    private static readonly Option<bool> Smoke = new("--smoke") { Description = "Takes twenty steps of each stage, on little data." };
    private static readonly Option<string?> Workspace = new("--workspace")
    {
        Description = "Where prepared data is kept for the next run. Default: ~/.cache/llmplatform/recipes/NAME.",
    };

    private static readonly Option<string?> Output = new("--output") { Description = "Folder to write the model to; what is there is replaced. Default: models/NAME." };

    public static Command Create()
    {
        Command list = new("list", "Show the recipes.");
        list.SetAction(parsed => List(new CommandOutput(parsed.GetValue(GlobalOptions.Json))));
        Command run = new("run", "Make a starter model; run again, it goes on where it was.") { Name, Data, Teacher, Smoke, Workspace, Output };
        run.SetPlatformAction(RunAsync);
        return new Command("recipes", "Make the starter models.") { list, run };
    }

    private static void List(CommandOutput output)
    {
        if (output.IsJson)
        {
            output.Json(new JsonArray([.. StarterRecipes.All.Select(recipe => (JsonNode)new JsonObject { ["name"] = recipe.Name, ["description"] = recipe.Description })]));
            return;
        }

        output.Table(["name", "makes"], StarterRecipes.All.Select(recipe => new[] { recipe.Name, recipe.Description }));
    }

    private static async Task RunAsync(ParseResult parsed, PlatformConnection connection, CommandOutput output, CancellationToken cancellation)
    {
        RecipePlatform platform = new(connection, output);
        string folder;
        try
        {
            IStarterRecipe recipe = StarterRecipes.Get(parsed.GetValue(Name)!);
            string data = parsed.GetValue(Data)!;
            if (!Directory.Exists(data))
            {
                throw new CommandException($"--data: '{data}' is not a folder; expected one with a folder for each data set");
            }

            bool smoke = parsed.GetValue(Smoke);
            folder = Path.GetFullPath(parsed.GetValue(Output) ?? Path.Combine("models", recipe.Name));
            await recipe.RunAsync(
                new RecipeContext(
                    Path.GetFullPath(data),
                    parsed.GetValue(Teacher),
                    smoke,
                    Path.GetFullPath(parsed.GetValue(Workspace) ?? DefaultWorkspace(recipe.Name, smoke)),
                    folder,
                    platform,
                    new RecipeNotes(output),
                    TimeProvider.System),
                cancellation);
        }
        catch (RecipeException exception)
        {
            throw new CommandException(exception.Message);
        }

        if (output.IsJson)
        {
            output.Json(new JsonObject { ["output"] = folder, ["stages"] = await StagesAsync(platform, cancellation) });
        }
        else
        {
            output.Line($"wrote {folder}");
        }
    }

    // The losses of each stage, step by step: what a smoke run is compared by.
    private static async Task<JsonObject> StagesAsync(RecipePlatform platform, CancellationToken cancellation)
    {
        JsonObject stages = [];
        foreach ((string stage, Job job) in platform.Trained)
        {
            IReadOnlyList<JobEvent> events = await platform.EventsAsync(job.Id, cancellation);
            stages[stage] = new JsonObject
            {
                ["job"] = job.Id,
                ["result"] = job.OutputVersion,
                ["loss"] = new JsonArray([.. events
                    .Where(happened => happened.EventCase == JobEvent.EventOneofCase.Metrics && happened.Metrics.Values.ContainsKey("loss"))
                    .Select(happened => JsonNode.Parse(happened.Metrics.Values["loss"].ToString("G6", CultureInfo.InvariantCulture)))]),
            };
        }

        return stages;
    }

    private static string DefaultWorkspace(string name, bool smoke)
    {
        string cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg
            ? xdg
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(cache, "llmplatform", "recipes", smoke ? $"{name}-smoke" : name);
    }
}
