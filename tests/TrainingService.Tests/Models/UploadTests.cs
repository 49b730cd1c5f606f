using Grpc.Core;
using LlmPlatform.Contracts.Files.V1;
using LlmPlatform.Contracts.Uploads;
using File = LlmPlatform.Contracts.Files.V1.File;

namespace LlmPlatform.TrainingService.Tests.Models;

/// <summary>Uploads whose answer comes before their end, to a service that then takes nothing any more.</summary>
public sealed class UploadTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource<File> _answer = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task An_answer_ends_the_upload_however_much_is_left_to_send(int taken)
    {
        Files.FilesClient files = new OneAnswer(_answer, taken, () => _answer.SetResult(new File { Id = "file-1" }));
        Assert.Equal("file-1", (await UploadAsync(files)).Id);
    }

    [Fact]
    public async Task A_refusal_is_told_as_it_is()
    {
        Files.FilesClient files = new OneAnswer(_answer, taken: 2, () => _answer.SetException(new RpcException(new Status(StatusCode.ResourceExhausted, "full"))));
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => UploadAsync(files));
        Assert.Equal((StatusCode.ResourceExhausted, "full"), (error.StatusCode, error.Status.Detail));
    }

    [Fact]
    public async Task A_file_that_is_taken_whole_is_reported_to_its_end()
    {
        List<long> reports = [];
        Files.FilesClient files = new OneAnswer(_answer, taken: int.MaxValue, () => _answer.SetResult(new File { Id = "file-1" }));
        Assert.Equal("file-1", (await UploadAsync(files, reports.Add)).Id);
        Assert.Equal([1 << 20, 2 << 20, 3 << 20, (3 << 20) + 17], reports);
    }

    private static async Task<File> UploadAsync(Files.FilesClient files, Action<long>? report = null)
    {
        using MemoryStream content = new(new byte[(3 << 20) + 17]);
        return await UploadCall.UploadAsync(files, new UploadHeader { Filename = "model.safetensors" }, content, report, TestContext.Current.CancellationToken).WaitAsync(Limit);
    }

    /// <summary>Takes some messages, then answers and leaves every further write waiting for room.</summary>
    private sealed class OneAnswer(TaskCompletionSource<File> answer, int taken, Action answerNow) : Files.FilesClient, IClientStreamWriter<UploadRequest>
    {
        private int _count;

        public WriteOptions? WriteOptions { get; set; }

        public override AsyncClientStreamingCall<UploadRequest, File> Upload(
            Metadata? headers = null, DateTime? deadline = null, CancellationToken cancellationToken = default) =>
            new(this, answer.Task, Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });

        public Task WriteAsync(UploadRequest message) => WriteAsync(message, CancellationToken.None);

        public Task WriteAsync(UploadRequest message, CancellationToken cancellationToken)
        {
            if (_count++ < taken)
            {
                return Task.CompletedTask;
            }

            answerNow();
            return new TaskCompletionSource().Task;
        }

        public Task CompleteAsync()
        {
            answerNow();
            return Task.CompletedTask;
        }
    }
}
