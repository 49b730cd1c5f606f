using System.ClientModel;
using LlmPlatform.Contracts.Training.V1;
using LlmPlatform.Gateway.Tests.Fakes;
using OpenAI;
using OpenAI.Files;
using OpenAI.FineTuning;

namespace LlmPlatform.Gateway.Tests.OpenAi.FineTuning;

#pragma warning disable OPENAI001 // The client's own mark for parts that may still change.

/// <summary>OpenAI's own .NET client trains.</summary>
[Collection(GatewayCollection.Name)]
public sealed class FineTuningClientTests(GatewayHost host)
{
    private readonly OpenAIClient _client = new(
        new ApiKeyCredential("none"),
        new OpenAIClientOptions { Endpoint = new Uri(host.HttpAddress, "/v1"), RetryPolicy = new System.ClientModel.Primitives.ClientRetryPolicy(0) });

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_creates_a_dpo_job_follows_its_events_reads_its_checkpoints_and_cancels()
    {
        host.Calls.Trainings.Clear();
        OpenAIFile file = await _client.GetOpenAIFileClient().UploadFileAsync(BinaryData.FromString("{}\n"), "pairs.jsonl", FileUploadPurpose.FineTune);
        FineTuningClient client = _client.GetFineTuningClient();
        FineTuningJob job = await client.FineTuneAsync(
            "chat",
            file.Id,
            waitUntilCompleted: false,
            new FineTuningOptions
            {
                TrainingMethod = FineTuningTrainingMethod.CreateDirectPreferenceOptimization(batchSize: 4, epochCount: 2, learningRate: 2.0, betaFactor: 1),
                Suffix = "polite",
                Seed = FakeTraining.Running,
            },
            Ct);

        CreateJobRequest sent = Assert.Single(host.Calls.Trainings);
        Assert.Equal(("dpo", 4, 2, 1.0, 1L), (sent.Recipe.Objective, sent.Recipe.PerDeviceTrainBatchSize, sent.Recipe.NumTrainEpochs, sent.Recipe.Dpo.Beta, sent.Recipe.Seed));
        Assert.Equal("queued", job.Status.ToString());
        Assert.Equal("chat", job.BaseModel);

        await job.UpdateStatusAsync(Ct);
        Assert.Equal("running", job.Status.ToString());
        List<FineTuningEvent> events = [];
        await foreach (FineTuningEvent one in job.GetEventsAsync(new GetEventsOptions { PageSize = 3 }, Ct))
        {
            events.Add(one);
        }

        Assert.Equal(8, events.Count);
        List<FineTuningCheckpoint> checkpoints = [];
        await foreach (FineTuningCheckpoint one in job.GetCheckpointsAsync(new GetCheckpointsOptions { PageSize = 1 }, Ct))
        {
            checkpoints.Add(one);
        }

        Assert.Equal([4, 2], checkpoints.Select(one => one.StepNumber));
        Assert.Equal(0.5f, checkpoints[0].Metrics.TrainLoss);
        await job.CancelAndUpdateAsync(Ct);
        Assert.Equal("cancelled", job.Status.ToString());
    }

    [Fact]
    public async Task It_waits_for_a_supervised_job_and_lists_it()
    {
        OpenAIFile file = await _client.GetOpenAIFileClient().UploadFileAsync(BinaryData.FromString("{}\n"), "talks.jsonl", FileUploadPurpose.FineTune);
        FineTuningClient client = _client.GetFineTuningClient();
        FineTuningJob job = await client.FineTuneAsync("chat", file.Id, waitUntilCompleted: true, cancellationToken: Ct);

        Assert.Equal(("succeeded", $"chat-{job.JobId}"), (job.Status.ToString(), job.Value));
        List<string> ids = [];
        await foreach (FineTuningJob one in client.GetJobsAsync(new FineTuningJobCollectionOptions { PageSize = 2 }, Ct))
        {
            ids.Add(one.JobId);
        }

        Assert.Contains(job.JobId, ids);
        ClientResultException error = await Assert.ThrowsAsync<ClientResultException>(() => client.FineTuneAsync("chat", "file-none", waitUntilCompleted: false, cancellationToken: Ct));
        Assert.Equal(404, error.Status);
    }
}
