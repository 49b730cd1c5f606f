using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.Gateway.Tests.Fakes;

namespace LlmPlatform.Gateway.Tests.OpenAi.FineTuning;

[Collection(GatewayCollection.Name)]
public sealed class FineTuningJobTests(GatewayHost host)
{
    private const string Jobs = "/v1/fine_tuning/jobs";

    [Fact]
    public async Task A_supervised_job_of_defaults_trains_an_adapter()
    {
        string file = await UploadAsync();
        (Answer answer, CreateJobRequest sent) = await CreateAsync($$"""{"model":"chat","training_file":"{{file}}"}""");

        Assert.Equal(("sft", "chat", file), (sent.Recipe.Objective, sent.Recipe.BaseModel, Assert.Single(sent.Recipe.TrainingFiles)));
        Assert.Equal((16, 32.0), (sent.Recipe.Lora.R, sent.Recipe.Lora.LoraAlpha));
        Assert.False(sent.Recipe.HasLearningRate);
        Assert.NotEmpty(sent.RequestId);

        JsonNode job = answer.Json;
        Assert.Equal(
            ["id", "object", "created_at", "finished_at", "status", "error", "model", "fine_tuned_model", "organization_id", "training_file", "validation_file", "result_files",
                "trained_tokens", "seed", "estimated_finish", "hyperparameters", "method", "integrations", "metadata"],
            job.AsObject().Select(field => field.Key).Take(19));
        Assert.Equal(("fine_tuning.job", "queued", "chat", 1_700_000_000L), ((string?)job["object"], (string?)job["status"], (string?)job["model"], (long)job["created_at"]!));
        Assert.Equal("""{"batch_size":8,"learning_rate_multiplier":1,"n_epochs":3}""", job["hyperparameters"]!.ToJsonString());
        Assert.Equal("""{"type":"supervised","supervised":{"hyperparameters":{"batch_size":8,"learning_rate_multiplier":1,"n_epochs":3}}}""", job["method"]!.ToJsonString());
        foreach (string absent in new[] { "error", "fine_tuned_model", "finished_at", "validation_file", "trained_tokens", "estimated_finish" })
        {
            Assert.Null(job[absent]);
        }
    }

    [Fact]
    public async Task A_dpo_job_carries_every_parameter_of_openais()
    {
        string file = await UploadAsync();
        string validation = await UploadAsync();
        (Answer answer, CreateJobRequest sent) = await CreateAsync($$$$$"""
            {"model":"chat@default","training_file":"{{{{{file}}}}}","validation_file":"{{{{{validation}}}}}","suffix":"polite","seed":7,"metadata":{"팀":"가"},"integrations":[],
             "method":{"type":"dpo","dpo":{"hyperparameters":{"batch_size":12,"learning_rate_multiplier":2.5,"n_epochs":4,"beta":0.3}}}}
            """);

        Recipe recipe = sent.Recipe;
        Assert.Equal(("dpo", "chat-polite", 7L, 4, 0.3), (recipe.Objective, recipe.OutputModel, recipe.Seed, recipe.NumTrainEpochs, recipe.Dpo.Beta));
        Assert.Equal((6, 2), (recipe.PerDeviceTrainBatchSize, recipe.GradientAccumulationSteps));
        Assert.Equal(2.5e-5, recipe.LearningRate, 1e-12);
        Assert.Equal(validation, Assert.Single(recipe.ValidationFiles));
        Assert.Equal("가", sent.Metadata["팀"]);
        Assert.Equal("""{"batch_size":12,"learning_rate_multiplier":2.5,"n_epochs":4}""", answer.Json["hyperparameters"]!.ToJsonString());
        Assert.Equal(0.3, (double)answer.Json["method"]!["dpo"]!["hyperparameters"]!["beta"]!);
        Assert.Equal(("polite", validation, 7), ((string?)answer.Json["user_provided_suffix"], (string?)answer.Json["validation_file"], (int)answer.Json["seed"]!));
        Assert.Equal("""{"팀":"가"}""", answer.Json["metadata"]!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    [Theory]
    [InlineData("""{"hyperparameters":{"n_epochs":2,"batch_size":"auto","learning_rate_multiplier":"auto"}}""", 2, "sft")]
    [InlineData("""{"method":{"type":"dpo"},"hyperparameters":{"n_epochs":5,"beta":0.5}}""", 5, "dpo")]
    [InlineData("""{"method":{"type":"supervised","supervised":{"hyperparameters":{"n_epochs":1}}},"hyperparameters":{}}""", 1, "sft")]
    [InlineData("""{"recipe":{"num_train_epochs":6}}""", 6, "sft")]
    [InlineData("""{"method":{"type":"dpo"},"recipe":{"objective":"dpo","num_train_epochs":6}}""", 6, "dpo")]
    public async Task Numbers_may_come_in_three_places(string json, int epochs, string objective)
    {
        (_, CreateJobRequest sent) = await CreateAsync(await WithFileAsync(json));

        Assert.Equal((epochs, objective), (sent.Recipe.NumTrainEpochs, sent.Recipe.Objective));
        Assert.False(sent.Recipe.HasPerDeviceTrainBatchSize);
    }

    [Fact]
    public async Task A_recipe_has_every_field_of_the_contract_and_comes_back_as_it_was()
    {
        string file = await UploadAsync();
        JsonObject recipe = Example(Recipe.Descriptor);
        recipe["objective"] = "dpo";
        recipe["training_files"] = new JsonArray(file, file);
        recipe["validation_files"] = new JsonArray(file);
        recipe["learning_rate"] = 0.125;
        (Answer answer, CreateJobRequest sent) = await CreateAsync(new JsonObject { ["recipe"] = recipe.DeepClone() }.ToJsonString());

        Assert.Equal(recipe.ToJsonString(), answer.Json["recipe"]!.ToJsonString());
        Assert.Equal(2, sent.Recipe.TrainingFiles.Count);
        Assert.Equal(8, sent.Recipe.Lora.R);
    }

    [Theory]
    [InlineData("""{"recipe":{"lora":null}}""", false)]
    [InlineData("""{"recipe":{"max_steps":4}}""", true)]
    [InlineData("""{"recipe":{"objective":"contrastive"}}""", false)]
    public async Task All_weights_are_trained_when_the_recipe_says_so(string json, bool adapter)
    {
        (Answer answer, CreateJobRequest sent) = await CreateAsync(await WithFileAsync(json));

        Assert.Equal(adapter, sent.Recipe.Lora is not null);
        Assert.Equal(sent.Recipe.Objective == "contrastive", answer.Json["method"] is null);
    }

    [Theory]
    [InlineData("""{"model":null}""", "model", "missing_required_parameter")]
    [InlineData("""{"training_file":null}""", "training_file", "missing_required_parameter")]
    [InlineData("""{"training_file":"file-none"}""", "training_file", "file_not_found")]
    [InlineData("""{"validation_file":"file-none"}""", "validation_file", "file_not_found")]
    [InlineData("""{"recipe":{"validation_files":["file-none"]}}""", "recipe.validation_files[0]", "file_not_found")]
    [InlineData("""{"model":"missing"}""", "model", "model_not_found")]
    [InlineData("""{"method":{"type":"reinforcement"}}""", "method.type", "unsupported_parameter")]
    [InlineData("""{"method":{"type":"magic"}}""", "method.type", "invalid_value")]
    [InlineData("""{"method":{"type":"dpo","supervised":{}}}""", "method.supervised", "unknown_parameter")]
    [InlineData("""{"method":{"type":"dpo","dpo":{"hyperparameters":{"beta":0}}}}""", "method.dpo.hyperparameters.beta", "invalid_value")]
    [InlineData("""{"method":{"type":"supervised","supervised":{"hyperparameters":{"beta":1}}}}""", "method.supervised.hyperparameters.beta", "unknown_parameter")]
    [InlineData("""{"hyperparameters":{"batch_size":0}}""", "hyperparameters.batch_size", "integer_below_min_value")]
    [InlineData("""{"hyperparameters":{"n_epochs":"many"}}""", "hyperparameters.n_epochs", "invalid_type")]
    [InlineData("""{"hyperparameters":{"n_epochs":45}}""", "hyperparameters.n_epochs", "invalid_value")]
    [InlineData("""{"hyperparameters":{"learning_rate_multiplier":1e6}}""", "hyperparameters.learning_rate_multiplier", "invalid_value")]
    [InlineData("""{"hyperparameters":{"n_epochs":1},"recipe":{"num_train_epochs":2}}""", "hyperparameters.n_epochs", "invalid_value")]
    [InlineData("""{"hyperparameters":{"n_epochs":1},"method":{"type":"supervised","supervised":{"hyperparameters":{"n_epochs":1}}}}""", "hyperparameters.n_epochs", "invalid_value")]
    [InlineData("""{"method":{"type":"dpo"},"recipe":{"objective":"sft"}}""", "method.type", "invalid_value")]
    [InlineData("""{"recipe":{"learning_rat":1}}""", "recipe.learning_rat", "unknown_parameter")]
    [InlineData("""{"recipe":{"lora":{"rank":1}}}""", "recipe.lora.rank", "unknown_parameter")]
    [InlineData("""{"recipe":{"lora":{"r":1000}}}""", "recipe.lora.r", "invalid_value")]
    [InlineData("""{"recipe":{"lora":{"target_modules":"q_proj"}}}""", "recipe.lora.target_modules", "invalid_type")]
    [InlineData("""{"recipe":{"max_steps":"4"}}""", "recipe.max_steps", "invalid_type")]
    [InlineData("""{"recipe":{"max_steps":3000000000}}""", "recipe.max_steps", "integer_above_max_value")]
    [InlineData("""{"recipe":{"learning_rate":2}}""", "recipe.learning_rate", "invalid_value")]
    [InlineData("""{"suffix":"a b"}""", "suffix", "invalid_value")]
    [InlineData("""{"suffix":"a","recipe":{"output_model":"b"}}""", "suffix", "invalid_value")]
    [InlineData("""{"seed":-1}""", "seed", "integer_below_min_value")]
    [InlineData("""{"integrations":[{"type":"wandb"}]}""", "integrations", "unsupported_parameter")]
    [InlineData("""{"surprise":1}""", "surprise", "unknown_parameter")]
    public async Task What_cannot_be_trained_is_refused_by_name(string json, string param, string code)
    {
        Answer answer = await host.PostAsync(Jobs, await WithFileAsync(json));

        Assert.Equal(code.EndsWith("not_found", StringComparison.Ordinal) ? HttpStatusCode.NotFound : HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal((param, code), (answer.Param, answer.Code));
    }

    [Fact]
    public async Task A_file_for_something_else_is_refused()
    {
        string file = await host.UploadAsync("a.jsonl");
        Answer answer = await host.PostAsync(Jobs, $$"""{"model":"chat","training_file":"{{file}}"}""");

        Assert.Equal((HttpStatusCode.BadRequest, "training_file"), (answer.Status, answer.Param));
        Assert.Contains("'fine-tune'", answer.Message);
    }

    [Fact]
    public async Task The_same_idempotency_key_gives_the_same_job()
    {
        string json = await WithFileAsync("{}");
        using HttpClient client = new() { BaseAddress = host.HttpAddress };
        client.DefaultRequestHeaders.Add("Idempotency-Key", Guid.NewGuid().ToString());
        Answer first = await host.PostAsync(Jobs, json, client);
        Answer second = await host.PostAsync(Jobs, json, client);

        Assert.Equal((string?)first.Json["id"], (string?)second.Json["id"]);
        Assert.NotEqual((string?)first.Json["id"], (string?)(await host.PostAsync(Jobs, json)).Json["id"]);
    }

    [Fact]
    public async Task A_job_goes_its_way_to_a_model()
    {
        string id = await MakeAsync("""{"suffix":"mine"}""");
        Answer running = await host.GetAsync($"{Jobs}/{id}");
        Assert.Equal(("running", 2, 4), ((string?)running.Json["status"], (int)running.Json["step"]!, (int)running.Json["max_steps"]!));
        Assert.Equal("""{"loss":0.5,"rewards/margins":0.25}""", running.Json["metrics"]!.ToJsonString());
        Assert.InRange((long)running.Json["estimated_finish"]! - DateTimeOffset.UtcNow.ToUnixTimeSeconds(), 50, 60);
        Assert.True(running.Headers.ContainsKey("openai-poll-after-ms"));

        JsonNode done = (await host.GetAsync($"{Jobs}/{id}")).Json;
        Assert.Equal(("succeeded", "chat-mine", 1234), ((string?)done["status"], (string?)done["fine_tuned_model"], (int)done["trained_tokens"]!));
        Assert.Equal(($"chat-mine@{FakeTraining.Version}", $"chat@{FakeTraining.Version}"), ((string?)done["output_version"], (string?)done["base_version"]));
        Assert.Equal("""{"eval_loss":0.25}""", done["evaluation_after"]!.ToJsonString());
        Assert.Null(done["estimated_finish"]);

        Answer late = await host.PostAsync($"{Jobs}/{id}/cancel", "");
        Assert.Equal((HttpStatusCode.Conflict, "failed_precondition"), (late.Status, late.Code));
    }

    [Fact]
    public async Task A_result_that_is_not_promoted_is_named_with_its_version()
    {
        string id = await MakeAsync("""{"recipe":{"promote":false}}""");
        await host.GetAsync($"{Jobs}/{id}");

        Assert.Equal($"chat-{id}@{FakeTraining.Version}", (string?)(await host.GetAsync($"{Jobs}/{id}")).Json["fine_tuned_model"]);
    }

    [Fact]
    public async Task A_job_that_failed_says_why_and_where()
    {
        string id = await MakeAsync($$"""{"seed":{{FakeTraining.Failing}}}""");
        await host.GetAsync($"{Jobs}/{id}");
        JsonNode failed = (await host.GetAsync($"{Jobs}/{id}")).Json;

        Assert.Equal("failed", (string?)failed["status"]);
        Assert.Equal(("invalid_data", "line 17 is no JSON", "training_file", 3), ((string?)failed["error"]!["code"], (string?)failed["error"]!["message"], (string?)failed["error"]!["param"], (int)failed["error"]!["step"]!));
        Assert.Equal(17, (int)failed["error"]!["data_errors"]![0]!["line"]!);
    }

    [Fact]
    public async Task A_job_is_paused_resumed_and_cancelled()
    {
        string id = await MakeAsync($$"""{"seed":{{FakeTraining.Running}}}""");
        foreach ((string verb, string status) in new[] { ("pause", "paused"), ("resume", "queued"), ("cancel", "cancelled") })
        {
            Answer answer = await host.PostAsync($"{Jobs}/{id}/{verb}", "");
            Assert.Equal((HttpStatusCode.OK, status), (answer.Status, (string?)answer.Json["status"]));
        }

        foreach (string verb in new[] { "pause", "resume", "cancel" })
        {
            Answer unknown = await host.PostAsync($"{Jobs}/none/{verb}", "");
            Assert.Equal((HttpStatusCode.NotFound, "fine_tuning_job_not_found"), (unknown.Status, unknown.Code));
        }
    }

    [Fact]
    public async Task Jobs_are_listed_newest_first_in_pages_and_by_metadata()
    {
        FakeTraining.Clear();
        List<string> made = [];
        for (int i = 0; i < 5; i++)
        {
            made.Insert(0, await MakeAsync($$$"""{"metadata":{"even":"{{{i % 2 == 0}}}"}}"""));
        }

        JsonNode first = (await host.GetAsync($"{Jobs}?limit=3")).Json;
        Assert.Equal(("list", true), ((string?)first["object"], (bool)first["has_more"]!));
        Assert.Equal(made[..3], Ids(first));
        JsonNode second = (await host.GetAsync($"{Jobs}?limit=3&after={made[2]}")).Json;
        Assert.Equal(made[3..], Ids(second));
        Assert.False((bool)second["has_more"]!);
        Assert.Equal([made[0], made[2], made[4]], Ids((await host.GetAsync($"{Jobs}?metadata[even]=True")).Json));
        Assert.Equal(5, Ids((await host.GetAsync($"{Jobs}?metadata=null")).Json).Length);

        Assert.Equal("limit", (await host.GetAsync($"{Jobs}?limit=0")).Param);
        Assert.Equal("after", (await host.GetAsync($"{Jobs}?after=none")).Param);
        Assert.Equal("order", (await host.GetAsync($"{Jobs}?order=asc")).Param);
        Assert.Equal(HttpStatusCode.NotFound, (await host.GetAsync($"{Jobs}/none")).Status);
    }

    private static string[] Ids(JsonNode list) => [.. list["data"]!.AsArray().Select(item => (string)item!["id"]!)];

    private static JsonObject Example(MessageDescriptor message) => new(message.Fields.InDeclarationOrder().Select(field => KeyValuePair.Create(field.Name, field.IsRepeated
        ? new JsonArray("q_proj")
        : field.FieldType switch
        {
            FieldType.String => JsonValue.Create("word"),
            FieldType.Bool => JsonValue.Create(true),
            FieldType.Int32 or FieldType.Int64 => JsonValue.Create(8),
            FieldType.Double => JsonValue.Create(0.25),
            FieldType.Message => (JsonNode?)Example(field.MessageType),
            _ => throw new InvalidOperationException(field.FullName),
        })));

    private async Task<(Answer Answer, CreateJobRequest Sent)> CreateAsync(string json)
    {
        host.Calls.Trainings.Clear();
        Answer answer = await host.PostAsync(Jobs, json);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        return (answer, Assert.Single(host.Calls.Trainings));
    }

    private async Task<string> MakeAsync(string json) => (string)(await host.PostAsync(Jobs, await WithFileAsync(json))).Json["id"]!;

    /// <summary>The request with a model and a file, unless it says something of its own about them.</summary>
    private async Task<string> WithFileAsync(string json)
    {
        JsonObject request = JsonNode.Parse(json)!.AsObject();
        request.TryAdd("model", "chat");
        request.TryAdd("training_file", await UploadAsync());
        return request.ToJsonString();
    }

    private async Task<string> UploadAsync()
    {
        using MultipartFormDataContent form = new() { { new StringContent("fine-tune"), "purpose" }, { new StringContent("{}", Encoding.UTF8), "file", "train.jsonl" } };
        using HttpResponseMessage response = await host.Http.PostAsync("/v1/files", form, TestContext.Current.CancellationToken);
        return (string)(await Answer.ReadAsync(response)).Json["id"]!;
    }
}
