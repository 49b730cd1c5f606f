using System.Text.Json.Nodes;
using LlmPlatform.Platform.Tests.CommandLine;
using LlmPlatform.Testing;

namespace LlmPlatform.Platform.Tests.Recipes;

/// <summary>
/// The recipes as a user runs them, on little data for twenty steps a stage: the losses are those in <c>recipes/NAME/smoke.json</c>.
/// Where data or teacher are not to be had, a recipe is skipped.
/// </summary>
public sealed class SmokeTests
{
    private const double Tolerance = 1e-2;
    private const string NoRecipe = "";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Recipes()
    {
        string folder = Path.Combine(SharedData.RepositoryRoot, "recipes");
        string[] names = Directory.Exists(folder)
            ? [.. Directory.EnumerateDirectories(folder).Where(recipe => File.Exists(Path.Combine(recipe, "smoke.json"))).Select(recipe => Path.GetFileName(recipe)!).Order(StringComparer.Ordinal)]
            : [];
        return names.Length > 0 ? [.. names] : [NoRecipe];
    }

    [Theory]
    [MemberData(nameof(Recipes))]
    public async Task Losses_are_those_that_were_recorded(string name)
    {
        if (name == NoRecipe)
        {
            Assert.Skip("no recipe has a smoke.json");
        }

        string data = SharedData.Require("data");
        string teacher = SharedData.Require("models", PlatformFixture.MultilingualE5);
        JsonObject recorded = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(SharedData.RepositoryRoot, "recipes", name, "smoke.json"), Ct))!["stages"]!.AsObject();
        string folder = Directory.CreateTempSubdirectory("llmplatform-recipe-").FullName;
        try
        {
            await using PlatformProcess platform = await PlatformProcess.StartAsync(cancellationToken: Ct);
            using Llm llm = Llm.Start(
                platform.Grpc,
                new Dictionary<string, string>(),
                "recipes", "run", name, "--data", data, "--teacher", teacher, "--smoke", "--workspace", Path.Combine(folder, "workspace"), "--output", Path.Combine(folder, name), "--json");
            LlmResult result = (await llm.WaitAsync(Limit)).Succeeded();
            JsonObject stages = result.Json["stages"]!.AsObject();

            Assert.Equal(recorded.Select(stage => stage.Key), stages.Select(stage => stage.Key));
            foreach ((string stage, JsonNode? expected) in recorded)
            {
                double[] losses = Losses(stages[stage]!);
                TestContext.Current.TestOutputHelper?.WriteLine($"{name} {stage}: {string.Join(' ', losses)}");
                Assert.Equal(Losses(expected!).Length, losses.Length);
                Assert.All(losses.Zip(Losses(expected!)), pair => Assert.InRange(pair.First, pair.Second * (1 - Tolerance), pair.Second * (1 + Tolerance)));
            }

            Assert.True(File.Exists(Path.Combine(folder, name, "model.safetensors")), "the recipe wrote no model");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double[] Losses(JsonNode stage) => [.. stage["loss"]!.AsArray().Select(loss => (double)loss!)];
}
