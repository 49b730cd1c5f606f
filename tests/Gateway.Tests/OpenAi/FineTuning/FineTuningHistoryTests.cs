using System.Net;
using System.Text.Json.Nodes;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.Gateway.OpenAi.FineTuning.History;
using LlmPlatform.Gateway.Tests.Fakes;

namespace LlmPlatform.Gateway.Tests.OpenAi.FineTuning;

[Collection(GatewayCollection.Name)]
public sealed class FineTuningHistoryTests(GatewayHost host)
{
    [Fact]
    public async Task Events_come_newest_first_with_openais_metrics_and_trls()
    {
        string job = await MakeAsync();
        JsonArray events = (await host.GetAsync($"/v1/fine_tuning/jobs/{job}/events")).Json["data"]!.AsArray();

        Assert.Equal(["message", "message", "metrics", "message", "metrics", "metrics", "message", "message"], events.Select(one => (string)one!["type"]!));
        Assert.All(events, one => Assert.Equal("fine_tuning.job.event", (string?)one!["object"]));
        Assert.Equal(("warn", "3 rows were cut"), ((string?)events[1]!["level"], (string?)events[1]!["message"]));
        JsonNode evaluation = events[2]!;
        Assert.Equal("""{"step":2,"epoch":0.5,"valid_loss":0.55,"full_valid_loss":0.55,"eval_loss":0.55}""", evaluation["data"]!.ToJsonString());
        Assert.Contains("validation loss=0.5500", (string?)evaluation["message"]);
        Assert.Equal("Checkpoint created at step 2", (string?)events[3]!["message"]);
        JsonNode step = events[4]!;
        Assert.Equal((2, 0.5, 0.5, 0.5, 0.75), ((int)step["data"]!["step"]!, (double)step["data"]!["train_loss"]!, (double)step["data"]!["loss"]!, (double)step["data"]!["rewards/margins"]!, (double)step["data"]!["rewards/accuracies"]!));
        Assert.EndsWith("training loss=0.5000", (string?)step["message"], StringComparison.Ordinal);
        Assert.Equal("queued", (string?)events[^1]!["data"]!["status"]);
    }

    [Fact]
    public async Task Events_are_paged_by_their_ids()
    {
        string job = await MakeAsync();
        List<string> ids = [];
        JsonNode page;
        string after = "";
        do
        {
            page = (await host.GetAsync($"/v1/fine_tuning/jobs/{job}/events?limit=5{after}")).Json;
            ids.AddRange(page["data"]!.AsArray().Select(one => (string)one!["id"]!));
            after = $"&after={ids[^1]}";
        }
        while ((bool)page["has_more"]!);

        Assert.Equal(Enumerable.Range(1, 8).Reverse().Select(number => $"ftevent-{number}"), ids);
        Answer wrong = await host.GetAsync($"/v1/fine_tuning/jobs/{job}/events?after=8");
        Assert.Equal((HttpStatusCode.BadRequest, "after"), (wrong.Status, wrong.Param));
        Assert.Equal(HttpStatusCode.NotFound, (await host.GetAsync("/v1/fine_tuning/jobs/none/events")).Status);
    }

    [Fact]
    public async Task Checkpoints_have_the_metrics_of_their_step()
    {
        string job = await MakeAsync();
        JsonNode first = (await host.GetAsync($"/v1/fine_tuning/jobs/{job}/checkpoints?limit=1")).Json;
        Assert.True((bool)first["has_more"]!);
        JsonNode checkpoint = first["data"]![0]!;
        Assert.Equal(("fine_tuning.job.checkpoint", 4, job, $"chat-{job}:ckpt-step-4"), ((string?)checkpoint["object"], (int)checkpoint["step_number"]!, (string?)checkpoint["fine_tuning_job_id"], (string?)checkpoint["fine_tuned_model_checkpoint"]));
        Assert.Equal((4, 0.5, 0.55, 0.55), ((int)checkpoint["metrics"]!["step"]!, (double)checkpoint["metrics"]!["train_loss"]!, (double)checkpoint["metrics"]!["valid_loss"]!, (double)checkpoint["metrics"]!["full_valid_loss"]!));

        JsonNode second = (await host.GetAsync($"/v1/fine_tuning/jobs/{job}/checkpoints?after={first["last_id"]}")).Json;
        Assert.Equal((2, false), ((int)Assert.Single(second["data"]!.AsArray())!["step_number"]!, (bool)second["has_more"]!));
    }

    [Theory]
    [InlineData(JobStatus.Queued, "queued", "info")]
    [InlineData(JobStatus.Preparing, "validating_files", "info")]
    [InlineData(JobStatus.Running, "running", "info")]
    [InlineData(JobStatus.Paused, "paused", "info")]
    [InlineData(JobStatus.Succeeded, "succeeded", "info")]
    [InlineData(JobStatus.Failed, "failed", "error")]
    [InlineData(JobStatus.Cancelled, "cancelled", "info")]
    public void Every_status_has_openais_word(JobStatus status, string word, string level)
    {
        FineTuningEvent told = FineTuningEvent.From(new JobEvent { Cursor = 3, Status = new StatusEvent { Status = status, Error = new JobError { Code = "nan_loss", Message = "NaN" } } }, new Job());

        Assert.Equal(("ftevent-3", word, level), (told.Id, (string?)told.Data["status"], told.Level));
        Assert.NotEmpty(told.Message);
    }

    private async Task<string> MakeAsync()
    {
        using MultipartFormDataContent form = new() { { new StringContent("fine-tune"), "purpose" }, { new StringContent("{}"), "file", "train.jsonl" } };
        using HttpResponseMessage uploaded = await host.Http.PostAsync("/v1/files", form, TestContext.Current.CancellationToken);
        string file = (string)(await Answer.ReadAsync(uploaded)).Json["id"]!;
        return (string)(await host.PostAsync("/v1/fine_tuning/jobs", $$"""{"model":"chat","training_file":"{{file}}"}""")).Json["id"]!;
    }
}
