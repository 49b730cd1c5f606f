using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Grpc.Net.Client;
using LlmPlatform.Contracts.Models.V1;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.Platform.Tests.Retrieval;
using LlmPlatform.Testing;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Files;
using OpenAI.FineTuning;

namespace LlmPlatform.Platform.Tests.Training;

#pragma warning disable OPENAI001 // The client's own mark for parts that may still change.

/// <summary>
/// Preference pairs go in by OpenAI's own .NET client, a better model comes out: trained in the queue, registered, promoted,
/// chatted with, and shown to be the one that was trained.
/// </summary>
public sealed class DpoJobTests : IDisposable
{
    private const double Beta = 0.1;

    // Held-out questions that engine and Torch both answer.
    private const int Questions = 4;

    private readonly string _folder = Directory.CreateTempSubdirectory("llmplatform-dpo-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Sixteen_pairs_change_the_model()
    {
        Outcome outcome = await TrainAsync("dpo-short", pairs: 16, heldOut: 4, new JsonObject { ["max_steps"] = 4, ["learning_rate"] = 5e-4 }, TimeSpan.FromMinutes(10));

        // Four steps move the margins of pairs that were seen; of others they prove nothing.
        Assert.True(outcome.Margins[^1] > outcome.Margins[0], $"margins went from {outcome.Margins[0]} to {outcome.Margins[^1]}");
        Assert.InRange(outcome.ServedMargin, outcome.TorchMargin - 1e-3, outcome.TorchMargin + 1e-3);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Two_hundred_pairs_make_a_better_model()
    {
        Outcome outcome = await TrainAsync("dpo", pairs: 200, heldOut: 50, new JsonObject { ["num_train_epochs"] = 1, ["learning_rate"] = 2e-4 }, TimeSpan.FromMinutes(60));
        Assert.True(outcome.Margins[^5..].Average() > outcome.Margins[..5].Average());
        Assert.True(outcome.Job.EvaluationAfter["eval_rewards/margins"] > outcome.Job.EvaluationBefore["eval_rewards/margins"]);
        Assert.True(outcome.Job.EvaluationAfter["eval_rewards/accuracies"] > outcome.Job.EvaluationBefore["eval_rewards/accuracies"]);
        Assert.InRange(outcome.ServedMargin, outcome.TorchMargin - 1e-3, outcome.TorchMargin + 1e-3);
    }

    private async Task<Outcome> TrainAsync(string measurement, int pairs, int heldOut, JsonObject recipe, TimeSpan limit)
    {
        PlatformFixture.RequireModel(PlatformFixture.Chat);
        string[] all = [.. await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "Training", "Pairs", "preferences.jsonl"), Ct)];
        string model = PlatformFixture.RealModels()[PlatformFixture.Chat];
        await using PlatformProcess platform = await PlatformProcess.StartAsync(
            new PlatformProcessOptions { Models = new Dictionary<string, string> { [PlatformFixture.Chat] = model } }, Ct);
        OpenAIClient client = new(
            new ApiKeyCredential("none"),
            new OpenAIClientOptions { Endpoint = new Uri(platform.Http, "/v1"), RetryPolicy = new ClientRetryPolicy(0), NetworkTimeout = TimeSpan.FromMinutes(5) });

        recipe["lora"] = new JsonObject { ["r"] = 8, ["lora_alpha"] = 16 };
        recipe["per_device_train_batch_size"] = 4;
        recipe["gradient_accumulation_steps"] = 1;
        recipe["per_device_eval_batch_size"] = 4;
        recipe["max_length"] = 128;
        recipe["logging_steps"] = 1;
        string id = await CreateAsync(client, all[..pairs], all[^heldOut..], recipe);
        string name = await FollowAsync(client, id, limit);
        await ChatAsync(client, name);

        // What OpenAI's API does not tell: numbers of the evaluation, and the files.
        using GrpcChannel channel = GrpcChannel.ForAddress(platform.Grpc);
        TrainingCalls calls = new(channel.CreateCallInvoker());
        Job job = await calls.Client.GetJobAsync(new GetJobRequest { Id = id }, cancellationToken: Ct);
        Assert.Equal(job.OutputVersion.Split('@')[0], name);
        List<double> margins = [.. (await calls.EventsAsync(id, Ct)).Where(one => one.Metrics?.Values.ContainsKey("rewards/margins") == true).Select(one => one.Metrics.Values["rewards/margins"])];

        using ServedModel policy = new(model, await calls.DownloadAsync(job.OutputVersion, Path.Combine(_folder, "adapter"), Ct));
        using ServedModel reference = new(model, null);
        (double served, double accuracy) = ServedMargin(policy, reference, all[^heldOut..]);
        string[] questions = [.. all[^heldOut..].Take(Questions).Select(Question)];
        EngineAgreement[] agreements = [EngineAgreement.Measure("the base", reference, questions), EngineAgreement.Measure("the result", policy, questions)];
        double torch = job.EvaluationAfter["eval_rewards/margins"];
        Measurements.Write(
            measurement,
            [
                $"| pairs | held out | steps | margin first | margin last | held-out margin before | after | held-out accuracy before | after | the engine's margin | its accuracy | seconds |",
                $"|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
                $"| {pairs} | {heldOut} | {job.MaxSteps} | {margins[0]:0.0000} | {margins[^1]:0.0000} | {job.EvaluationBefore["eval_rewards/margins"]:0.0000} | {torch:0.0000} | {job.EvaluationBefore["eval_rewards/accuracies"]:0.00} | {job.EvaluationAfter["eval_rewards/accuracies"]:0.00} | {served:0.0000} | {accuracy:0.00} | {(job.FinishedAt - job.StartedAt).ToTimeSpan().TotalSeconds:0} |",
                $"",
                .. EngineAgreement.Head,
                .. agreements.Select(agreement => agreement.Row),
            ]);
        Assert.All(agreements, agreement => agreement.Holds());
        return new Outcome(job, margins, torch, served);
    }

    private static async Task<string> CreateAsync(OpenAIClient client, string[] pairs, string[] heldOut, JsonObject recipe)
    {
        OpenAIFileClient files = client.GetOpenAIFileClient();
        JsonObject body = new()
        {
            ["model"] = PlatformFixture.Chat,
            ["training_file"] = await UploadAsync(files, "pairs.jsonl", pairs),
            ["validation_file"] = await UploadAsync(files, "held-out.jsonl", heldOut),
            ["suffix"] = "kind",
            ["seed"] = 7,
            ["method"] = new JsonObject { ["type"] = "dpo", ["dpo"] = new JsonObject { ["hyperparameters"] = new JsonObject { ["beta"] = Beta } } },
            ["recipe"] = recipe,
        };
        FineTuningJob job = await client.GetFineTuningClient().FineTuneAsync(BinaryContent.Create(BinaryData.FromString(body.ToJsonString())), waitUntilCompleted: false, options: null);
        return job.JobId;
    }

    private static async Task<string> UploadAsync(OpenAIFileClient files, string name, string[] lines)
    {
        using MemoryStream stream = new(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));
        return (await files.UploadFileAsync(stream, name, FileUploadPurpose.FineTune, Ct)).Value.Id;
    }

    // Events come while the job runs, in order and each once; at the end there is a name to chat with.
    private static async Task<string> FollowAsync(OpenAIClient client, string id, TimeSpan limit)
    {
        JobFollower follower = new(client.GetFineTuningClient(), id);
        FineTuningJob job = await follower.FollowAsync(limit, Ct);
        string story = string.Join('\n', follower.Events.Select(one => $"{one.Look} {(one.Live ? "live" : "late")} {one.Event.Message}"));
        Assert.True(job.Status.ToString() == "succeeded", story);

        FollowedEvent[] steps = [.. follower.Events.Where(one => one.TrainingStep is not null)];
        int last = steps[^1].TrainingStep!.Value;
        Assert.Equal(Enumerable.Range(1, last), steps.Select(one => one.TrainingStep!.Value));
        Assert.True(steps.All(one => one.Live), $"steps came when the job had ended:\n{story}");
        Assert.True(steps.Select(one => one.Look).Distinct().Count() > 1, $"all steps came at once:\n{story}");
        Assert.Equal(follower.Events.OrderBy(one => one.Event.CreatedAt).Select(one => one.Event.Id), follower.Events.Select(one => one.Event.Id));
        Assert.Contains("succeeded", follower.Events[^1].Event.Message, StringComparison.Ordinal);
        return Assert.IsType<string>(job.Value);
    }

    private static async Task ChatAsync(OpenAIClient client, string model)
    {
        ChatClient chat = client.GetChatClient(model);
        ChatCompletion answer = await chat.CompleteChatAsync([new UserChatMessage("What is the capital of France?")], new ChatCompletionOptions { MaxOutputTokenCount = 40, Temperature = 0 }, Ct);
        Assert.NotEmpty(answer.Content[0].Text);
        Assert.StartsWith(model, answer.Model, StringComparison.Ordinal);
    }

    private static string Question(string line) => (string)JsonNode.Parse(line)!["input"]!["messages"]![0]!["content"]!;

    private static (double Margin, double Accuracy) ServedMargin(ServedModel policy, ServedModel reference, string[] pairs)
    {
        AnswerScorer changed = new(policy), unchanged = new(reference);
        List<double> margins = [];
        foreach (string line in pairs)
        {
            JsonObject pair = JsonNode.Parse(line)!.AsObject();
            JsonArray prompt = pair["input"]!["messages"]!.AsArray();
            double Reward(string answer) => Beta * (changed.Score(prompt, pair[answer]!.AsArray()) - unchanged.Score(prompt, pair[answer]!.AsArray()));
            margins.Add(Reward("preferred_output") - Reward("non_preferred_output"));
        }

        return (margins.Average(), margins.Average(margin => margin > 0 ? 1.0 : 0.0));
    }

    private sealed record Outcome(Job Job, List<double> Margins, double TorchMargin, double ServedMargin);
}
