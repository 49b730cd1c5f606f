using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using LlmPlatform.Platform.Tests.Samples;
using LlmPlatform.Platform.Tests.Tenancy;

namespace LlmPlatform.Platform.Tests.BadInput;

/// <summary>Training jobs that cannot be done, by <c>/v1/fine_tuning/jobs</c>: each fails with what is wrong and where.</summary>
public sealed class BadTrainingTests(PlatformFixture platform) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly string _folder = Directory.CreateTempSubdirectory("llmplatform-bad-training-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_broken_line_is_told_by_its_number()
    {
        string[] lines = Pairs(20);
        lines[16] = lines[16][..30];
        JsonNode error = await FailAsync(lines);
        Assert.Equal(("invalid_data", "training_file"), ((string?)error["code"], (string?)error["param"]));
        Assert.Equal(17, (int)Assert.Single(error["data_errors"]!.AsArray())!["line"]!);
        Assert.Contains("17", (string?)error["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pair_of_equal_answers_is_told_by_its_line()
    {
        string[] lines = Pairs(4);
        lines[2] = Pair("what is a cat", "a cat .", "a cat .");
        JsonNode error = await FailAsync(lines);
        Assert.Equal(("invalid_data", "training_file"), ((string?)error["code"], (string?)error["param"]));
        JsonNode line = Assert.Single(error["data_errors"]!.AsArray())!;
        Assert.Equal(3, (int)line["line"]!);
        Assert.Contains("equal", (string?)line["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_line_to_evaluate_on_is_of_the_validation_file()
    {
        JsonNode error = await FailAsync(Pairs(4), ["{}"]);
        Assert.Equal(("invalid_data", "validation_file"), ((string?)error["code"], (string?)error["param"]));
        Assert.Equal(1, (int)Assert.Single(error["data_errors"]!.AsArray())!["line"]!);
    }

    [Fact]
    public async Task Data_without_a_line_is_an_error()
    {
        JsonNode error = await FailAsync([""]);
        Assert.Equal("invalid_data", (string?)error["code"]);
        Assert.NotEmpty((string)error["message"]!);
    }

    [Fact]
    public async Task More_to_evaluate_on_than_to_train_on_is_an_error()
    {
        JsonNode error = await FailAsync(Pairs(3), Pairs(5));
        Assert.Equal("invalid_data", (string?)error["code"]);
        Assert.Contains("5 rows", (string?)error["message"], StringComparison.Ordinal);
        Assert.Contains("3", (string?)error["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tokenizer_with_ids_beyond_the_vocabulary_does_not_fit()
    {
        string model = await TinyModels.WriteDecoderAsync(Path.Combine(_folder, "unfit"), seed: 41);
        string file = Path.Combine(model, "tokenizer.json");
        JsonNode tokenizer = JsonNode.Parse(await File.ReadAllTextAsync(file, Ct))!;
        tokenizer["model"]!["vocab"]!["far"] = 40;
        await File.WriteAllTextAsync(file, tokenizer.ToJsonString(), Ct);
        await TenantSetup.RegisterAsync(platform.Grpc, "unfit-tokenizer", model);
        JsonNode error = await FailAsync([.. Pairs(3), Pair("what is far", "Seoul is far .", "the mat .")], model: "unfit-tokenizer");
        Assert.Equal("invalid_data", (string?)error["code"]);
        Assert.Contains("the id 40", (string?)error["message"], StringComparison.Ordinal);
        Assert.Contains("vocab_size 32", (string?)error["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_that_matches_nothing_is_named()
    {
        JsonNode error = await FailAsync(
            Pairs(4), recipe: new JsonObject { ["lora"] = new JsonObject { ["target_modules"] = new JsonArray("no_such_proj") } });
        Assert.Equal("invalid_recipe", (string?)error["code"]);
        Assert.Contains("no_such_proj", (string?)error["message"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_learning_rate_of_a_million_fails_with_its_step(bool lora)
    {
        JsonObject recipe = new() { ["learning_rate"] = 1e6, ["max_steps"] = 4, ["lr_scheduler_type"] = "constant" };
        if (!lora)
        {
            recipe["lora"] = null;
        }

        JsonNode error = await FailAsync(Pairs(8), recipe: recipe);
        Assert.Equal("nan_loss", (string?)error["code"]);
        Assert.Equal(1, (int)error["step"]!);
        Assert.Contains("step 1", (string?)error["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_that_cannot_be_used_is_refused_before_there_is_a_job()
    {
        string file = await UploadAsync("pairs.jsonl", Pairs(4));
        foreach ((string param, JsonObject recipe) in new (string, JsonObject)[]
        {
            ("recipe.learning_rate", new JsonObject { ["learning_rate"] = -1 }),
            ("recipe.lora.r", new JsonObject { ["lora"] = new JsonObject { ["r"] = 0 } }),
            ("recipe.no_such_field", new JsonObject { ["no_such_field"] = 1 }),
        })
        {
            using HttpResponseMessage response = await platform.Http.PostAsJsonAsync("/v1/fine_tuning/jobs", Body(PlatformFixture.TinyDecoder, file, null, recipe), Ct);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Equal(param, (string?)(await response.Content.ReadFromJsonAsync<JsonNode>(Ct))!["error"]!["param"]);
        }
    }

    private static string[] Pairs(int count) => [.. Enumerable.Range(0, count).Select(i =>
        Pair($"what is on the {(i % 2 == 0 ? "mat" : "world")} ?", i % 3 == 0 ? "the cat sits on the mat ." : "the dog runs .", "hello world !"))];

    private static string Pair(string question, string better, string worse) => new JsonObject
    {
        ["input"] = new JsonObject { ["messages"] = new JsonArray(Message("user", question)) },
        ["preferred_output"] = new JsonArray(Message("assistant", better)),
        ["non_preferred_output"] = new JsonArray(Message("assistant", worse)),
    }.ToJsonString();

    private static JsonObject Message(string role, string content) => new() { ["role"] = role, ["content"] = content };

    private static JsonObject Body(string model, string training, string? validation, JsonObject? recipe) => new()
    {
        ["model"] = model,
        ["training_file"] = training,
        ["validation_file"] = validation,
        ["method"] = new JsonObject { ["type"] = "dpo" },
        ["recipe"] = recipe ?? [],
    };

    private async Task<JsonNode> FailAsync(string[] training, string[]? validation = null, JsonObject? recipe = null, string model = PlatformFixture.TinyDecoder)
    {
        string file = await UploadAsync("pairs.jsonl", training);
        string? heldOut = validation is null ? null : await UploadAsync("held-out.jsonl", validation);
        using HttpResponseMessage response = await platform.Http.PostAsJsonAsync("/v1/fine_tuning/jobs", Body(model, file, heldOut, recipe), Ct);
        JsonNode job = (await response.Content.ReadFromJsonAsync<JsonNode>(Ct))!;
        Assert.True(response.IsSuccessStatusCode, job.ToJsonString());
        long start = Stopwatch.GetTimestamp();
        while ((string?)job["status"] is "queued" or "validating_files" or "running")
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Limit, $"after {Limit} the job is still {job["status"]}");
            await Task.Delay(100, Ct);
            job = (await platform.Http.GetFromJsonAsync<JsonNode>($"/v1/fine_tuning/jobs/{job["id"]}", Ct))!;
        }

        Assert.True((string?)job["status"] == "failed", job.ToJsonString());
        Assert.Null(job["fine_tuned_model"]);
        TestContext.Current.TestOutputHelper?.WriteLine(job["error"]!.ToJsonString());
        return job["error"]!;
    }

    private async Task<string> UploadAsync(string name, string[] lines)
    {
        using ByteArrayContent content = new(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));
        using StringContent purpose = new("fine-tune");
        using MultipartFormDataContent form = new() { { purpose, "purpose" }, { content, "file", name } };
        using HttpResponseMessage response = await platform.Http.PostAsync("/v1/files", form, Ct);
        JsonNode file = (await response.Content.ReadFromJsonAsync<JsonNode>(Ct))!;
        Assert.True(response.IsSuccessStatusCode, file.ToJsonString());
        return (string)file["id"]!;
    }
}
