using System.Text.Json.Nodes;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.Gateway.Tests.Fakes;
using LlmPlatform.Platform.Tests.CommandLine;

namespace LlmPlatform.Gateway.Tests.CommandLine;

/// <summary><c>llm train</c> and <c>llm jobs</c> through the gateway to a fake service.</summary>
[Collection(GatewayCollection.Name)]
public sealed class TrainingCommandTests(GatewayHost host) : IDisposable
{
    private const int Failure = 1;

    private readonly string _folder = Directory.CreateTempSubdirectory("llm-training-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_recipe_is_uploaded_with_its_files_and_printed_with_its_defaults()
    {
        Write("pairs.jsonl", "{}\n");
        string recipe = Write("recipe.yaml", """
            # A comment.
            objective: dpo
            base_model: chat
            training_files:
              - pairs.jsonl
              - file-1234
            validation_files: pairs.jsonl
            lora: {r: 4, target_modules: [q_proj, v_proj]}
            learning_rate: 1e-4
            promote: true
            seed: 1
            dpo:
              beta: 0.2
            output_model: "이름: 하나"
            """);
        host.Calls.Trainings.Clear();
        LlmResult result = (await RunAsync("train", recipe, "--name", "first")).Succeeded();

        CreateJobRequest sent = Assert.Single(host.Calls.Trainings);
        Assert.Equal(("dpo", "chat", 4, 1e-4, 0.2, 1L, "first"), (sent.Recipe.Objective, sent.Recipe.BaseModel, sent.Recipe.Lora.R, sent.Recipe.LearningRate, sent.Recipe.Dpo.Beta, sent.Recipe.Seed, sent.Name));
        Assert.Equal(["q_proj", "v_proj"], sent.Recipe.Lora.TargetModules);
        (Contracts.Files.V1.File file, byte[] content) = FakeFiles.Find(sent.Recipe.TrainingFiles[0]);
        Assert.Equal(("pairs.jsonl", "fine-tune", 3), (file.Filename, file.Purpose, content.Length));
        Assert.Equal(["file-1234"], sent.Recipe.TrainingFiles.Skip(1));
        Assert.Equal(sent.Recipe.TrainingFiles[0], Assert.Single(sent.Recipe.ValidationFiles));

        // What was printed is a recipe with every default, and can be read again.
        foreach (string line in new[] { "num_train_epochs: 3", "gradient_accumulation_steps: 1", "  beta: 0.2", "output_model: \"이름: 하나\"", "learning_rate: 0.0001" })
        {
            Assert.Contains(line, result.Output, StringComparison.Ordinal);
        }

        LlmResult again = (await RunAsync("train", Write("printed.yaml", result.Output), "--json")).Succeeded();
        Assert.Equal("queued", (string?)again.Json["status"]);
        Recipe second = host.Calls.Trainings.Last().Recipe;
        Assert.Equal((3, 1, 0.2, 4), (second.NumTrainEpochs, second.GradientAccumulationSteps, second.Dpo.Beta, second.Lora.R));
        Assert.Equal(sent.Recipe.TrainingFiles, second.TrainingFiles);
        Assert.Equal(3, (int)again.Json["recipe"]!["num_train_epochs"]!);
        Assert.Equal("이름: 하나", (string?)again.Json["recipe"]!["output_model"]);
    }

    [Theory]
    [InlineData("learning_rat: 1", ":1: learning_rat: unknown key; expected one of objective,")]
    [InlineData("lora:\n  rank: 1", ":2: lora.rank: unknown key; expected one of lora.r,")]
    [InlineData("max_steps: many", ":1: max_steps: 'many' is not an integer")]
    [InlineData("promote: perhaps", ":1: promote: 'perhaps' is not true or false")]
    [InlineData("learning_rate: .nan", ":1: learning_rate: '.nan' is not a number")]
    [InlineData("lora: 3", ":1: lora: expected keys below it")]
    [InlineData("seed: [1]", ":1: seed: expected an integer")]
    [InlineData("a: [", "no valid YAML")]
    [InlineData("seed: 1\nseed: 2", "no valid YAML")]
    [InlineData("- 1", "expected one YAML document")]
    [InlineData("training_files: [nowhere.jsonl]", "training_files: 'nowhere.jsonl' is no file in")]
    public async Task A_recipe_that_is_not_one_is_refused_before_anything_travels(string yaml, string expected)
    {
        host.Calls.Trainings.Clear();
        LlmResult result = await RunAsync("train", Write("recipe.yaml", yaml));

        Assert.Equal(Failure, result.ExitCode);
        Assert.Contains(expected, result.Errors, StringComparison.Ordinal);
        Assert.Empty(host.Calls.Trainings);
    }

    [Fact]
    public async Task A_watched_job_is_followed_to_its_end()
    {
        string recipe = Write("recipe.yaml", "base_model: chat\ntraining_files: [file-1]\n");
        LlmResult good = (await RunAsync("train", recipe, "--watch")).Succeeded();
        Assert.Contains("step 2/4  loss 0.5  rewards/accuracies 0.75  rewards/margins 0.5", good.Errors, StringComparison.Ordinal);
        Assert.Matches($"trained chat-job-[0-9]+@{FakeTraining.Version}", good.Output);

        LlmResult bad = await RunAsync("train", Write("bad.yaml", $"base_model: chat\ntraining_files: [file-1]\nseed: {FakeTraining.Failing}\n"), "--watch");
        Assert.Equal(Failure, bad.ExitCode);
        Assert.Contains("failed: invalid_data at step 3: line 17 is no JSON", bad.Errors, StringComparison.Ordinal);
        Assert.Contains("file-1 line 17: no JSON", bad.Errors, StringComparison.Ordinal);

        LlmResult refused = await RunAsync("train", Write("wrong.yaml", "base_model: chat\ntraining_files: [file-1]\nlearning_rate: 3\n"));
        Assert.Equal(Failure, refused.ExitCode);
        Assert.Contains("learning_rate", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_schema_has_every_key_with_its_default()
    {
        JsonArray keys = (await RunAsync("train", "--schema", "--json")).Succeeded().Json.AsArray();
        Dictionary<string, (string Type, string Default)> schema = keys.ToDictionary(key => (string)key!["key"]!, key => ((string)key!["type"]!, (string)key["default"]!));

        Assert.Equal(Recipe.Descriptor.Fields.InDeclarationOrder().Select(field => field.Name), schema.Keys.Where(key => !key.Contains('.')));
        Assert.Equal(("an integer", "3"), schema["num_train_epochs"]);
        Assert.Equal(("a number", "0.1"), schema["dpo.beta"]);
        Assert.Equal(("a text", "cosine"), schema["lr_scheduler_type"]);
        Assert.Equal(("a list of texts", "all-linear"), schema["lora.target_modules"]);
        Assert.Equal(("an integer", "8"), schema["lora.r"]);
        Assert.Equal(("a number", "20"), schema["contrastive.scale"]);
        Assert.Contains("dpo 1E-06", schema["learning_rate"].Default, StringComparison.Ordinal);
        Assert.Contains("mlm_probability", (await RunAsync("train", "--schema")).Succeeded().Output, StringComparison.Ordinal);
        Assert.Equal(Failure, (await RunAsync("train")).ExitCode);
    }

    [Fact]
    public async Task Jobs_are_listed_shown_with_their_curves_and_changed()
    {
        FakeTraining.Clear();
        string recipe = Write("recipe.yaml", $"base_model: chat\ntraining_files: [file-1]\nseed: {FakeTraining.Running}\n");
        string id = (string)(await RunAsync("train", recipe, "--json")).Succeeded().Json["id"]!;
        string other = (string)(await RunAsync("train", recipe, "--json")).Succeeded().Json["id"]!;

        Assert.Equal([other, id], (await RunAsync("jobs", "--json")).Succeeded().Json.AsArray().Select(job => (string)job!["id"]!));
        LlmResult shown = (await RunAsync("jobs", id)).Succeeded();
        Assert.Contains($"{id}  running  sft of chat", shown.Output, StringComparison.Ordinal);
        Assert.Contains("rewards/margins 0.5", shown.Output, StringComparison.Ordinal);
        Assert.Contains("2/4, 00:01:00 left", shown.Output, StringComparison.Ordinal);
        Assert.Matches("[\u2801-\u28FF]", shown.Output);
        Assert.Contains("2/4", (await RunAsync("jobs")).Succeeded().Output, StringComparison.Ordinal);

        JsonNode json = (await RunAsync("jobs", id, "--json")).Succeeded().Json;
        Assert.Equal(3, json["steps"]!.AsArray().Count);
        Assert.Equal((1, 0.6931), ((int)json["steps"]![0]!["step"]!, (double)json["steps"]![0]!["loss"]!));
        Assert.Null(json["metrics"]!["grad_norm"]);

        Assert.Contains($"{id} is paused", (await RunAsync("jobs", "pause", id)).Succeeded().Output, StringComparison.Ordinal);
        Assert.Contains($"{id} is queued", (await RunAsync("jobs", "resume", id)).Succeeded().Output, StringComparison.Ordinal);
        Assert.Equal("cancelled", (string?)(await RunAsync("jobs", "cancel", id, "--json")).Succeeded().Json["status"]);
        LlmResult ended = await RunAsync("jobs", "pause", id);
        Assert.Equal(Failure, ended.ExitCode);
        Assert.StartsWith("error: ", ended.Errors, StringComparison.Ordinal);
        Assert.Equal(Failure, (await RunAsync("jobs", "none")).ExitCode);
    }

    [Fact]
    public async Task An_adapter_is_merged()
    {
        LlmResult merged = (await RunAsync("models", "merge", "chat", "--name", "full", "--dtype", "float32", "--alias", "stable")).Succeeded();

        Assert.Contains("merged full@", merged.Output, StringComparison.Ordinal);
        Assert.Equal(("chat", "full", "float32", "stable"), (FakeModels.Merged!.Model, FakeModels.Merged.Name, FakeModels.Merged.Dtype, Assert.Single(FakeModels.Merged.Aliases)));
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private Task<LlmResult> RunAsync(params string[] arguments) => Llm.RunAsync(host.GrpcAddress, arguments);
}
