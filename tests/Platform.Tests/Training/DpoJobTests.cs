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

    private readonly string _folder = Directory.CreateTempSubdirectory("llmplatform-dpo-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Sixteen_pairs_change_the_model()
    {
        Outcome outcome = await TrainAsync("dpo-short", pairs: 16, heldOut: 4, new JsonObject { ["max_steps"] = 4, ["learning_rate"] = 5e-4 });

        // Four steps move the margins of pairs that were seen; of others they prove nothing.
        Assert.True(outcome.Margins[^1] > outcome.Margins[0], $"margins went from {outcome.Margins[0]} to {outcome.Margins[^1]}");
        Assert.InRange(outcome.ServedMargin, outcome.TorchMargin - 1e-3, outcome.TorchMargin + 1e-3);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Two_hundred_pairs_make_a_better_model()
    {
        Outcome outcome = await TrainAsync("dpo", pairs: 200, heldOut: 50, new JsonObject { ["num_train_epochs"] = 1, ["learning_rate"] = 2e-4 });
        Assert.True(outcome.Margins[^5..].Average() > outcome.Margins[..5].Average());
        Assert.True(outcome.Job.EvaluationAfter["eval_rewards/margins"] > outcome.Job.EvaluationBefore["eval_rewards/margins"]);
        Assert.True(outcome.Job.EvaluationAfter["eval_rewards/accuracies"] > outcome.Job.EvaluationBefore["eval_rewards/accuracies"]);
        Assert.InRange(outcome.ServedMargin, outcome.TorchMargin - 1e-3, outcome.TorchMargin + 1e-3);
    }

    private async Task<Outcome> TrainAsync(string name, int pairs, int heldOut, JsonObject recipe)
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
        using GrpcChannel channel = GrpcChannel.ForAddress(platform.Grpc);
        TrainingCalls calls = new(channel.CreateCallInvoker());
        Job job = await calls.WaitForSuccessAsync(id, TimeSpan.FromMinutes(60), Ct);
        List<double> margins = [.. (await calls.EventsAsync(id, Ct)).Where(one => one.Metrics?.Values.ContainsKey("rewards/margins") == true).Select(one => one.Metrics.Values["rewards/margins"])];
        await FollowAsync(client, id, job);
        await ChatAsync(client, job);

        (double served, double accuracy) = await ServedMarginAsync(calls, job, model, all[^heldOut..]);
        double torch = job.EvaluationAfter["eval_rewards/margins"];
        Measurements.Write(
            name,
            [
                $"| pairs | held out | steps | margin first | margin last | held-out margin before | after | held-out accuracy before | after | the engine's margin | its accuracy | seconds |",
                $"|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
                $"| {pairs} | {heldOut} | {job.MaxSteps} | {margins[0]:0.0000} | {margins[^1]:0.0000} | {job.EvaluationBefore["eval_rewards/margins"]:0.0000} | {torch:0.0000} | {job.EvaluationBefore["eval_rewards/accuracies"]:0.00} | {job.EvaluationAfter["eval_rewards/accuracies"]:0.00} | {served:0.0000} | {accuracy:0.00} | {(job.FinishedAt - job.StartedAt).ToTimeSpan().TotalSeconds:0} |",
            ]);
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

    // The same job as OpenAI's client sees it: its end, and metrics among its events.
    private static async Task FollowAsync(OpenAIClient client, string id, Job job)
    {
        FineTuningJob seen = await client.GetFineTuningClient().GetJobAsync(id, Ct);
        Assert.Equal("succeeded", seen.Status.ToString());
        Assert.Equal(job.OutputVersion.Split('@')[0], seen.Value);
        List<FineTuningEvent> events = [];
        await foreach (FineTuningEvent one in seen.GetEventsAsync(new GetEventsOptions { PageSize = 20 }))
        {
            events.Add(one);
        }

        Assert.True(events.Count > job.MaxSteps, $"{events.Count} events of {job.MaxSteps} steps");
    }

    private static async Task ChatAsync(OpenAIClient client, Job job)
    {
        ChatClient chat = client.GetChatClient(job.OutputVersion.Split('@')[0]);
        ChatCompletion answer = await chat.CompleteChatAsync([new UserChatMessage("What is the capital of France?")], new ChatCompletionOptions { MaxOutputTokenCount = 40, Temperature = 0 }, Ct);
        Assert.NotEmpty(answer.Content[0].Text);
    }

    private async Task<(double Margin, double Accuracy)> ServedMarginAsync(TrainingCalls calls, Job job, string baseFolder, string[] pairs)
    {
        string adapter = await calls.DownloadAsync(job.OutputVersion, Path.Combine(_folder, "adapter"), Ct);
        using AnswerScorer policy = new(baseFolder, adapter);
        using AnswerScorer reference = new(baseFolder, null);
        List<double> margins = [];
        foreach (string line in pairs)
        {
            JsonObject pair = JsonNode.Parse(line)!.AsObject();
            JsonArray prompt = pair["input"]!["messages"]!.AsArray();
            double Reward(string answer) => Beta * (policy.Score(prompt, pair[answer]!.AsArray()) - reference.Score(prompt, pair[answer]!.AsArray()));
            margins.Add(Reward("preferred_output") - Reward("non_preferred_output"));
        }

        return (margins.Average(), margins.Average(margin => margin > 0 ? 1.0 : 0.0));
    }

    private sealed record Outcome(Job Job, List<double> Margins, double TorchMargin, double ServedMargin);
}
