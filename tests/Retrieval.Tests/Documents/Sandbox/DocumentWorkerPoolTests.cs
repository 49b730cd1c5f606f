using System.Runtime.InteropServices;
using LlmPlatform.Retrieval.Documents;
using LlmPlatform.Retrieval.Documents.Sandbox;
using Microsoft.Extensions.Time.Testing;

namespace LlmPlatform.Retrieval.Tests.Documents.Sandbox;

/// <summary>Who reads what, for how long, and what happens when a child fails.</summary>
public sealed partial class DocumentWorkerPoolTests
{
    [Fact]
    public async Task A_document_comes_back_as_the_parser_gave_it()
    {
        await using DocumentWorkerPool pool = new(FaultyWorkers.Options);
        ParsedDocument document = await pool.ReadAsync("echo 안녕 \ud800 lone");
        Assert.Equal("안녕 \ufffd lone", document.Text);
        ParsedDocument named = await pool.ReadAsync(
            "a", FaultyWorkers.Command("name") with { Filename = "이름.pdf", Password = "" }, TestContext.Current.CancellationToken);
        Assert.Equal("이름.pdf ", named.Text);
    }

    [Fact]
    public async Task What_a_library_prints_does_not_disturb_the_answers()
    {
        await using DocumentWorkerPool pool = new(FaultyWorkers.Options);
        Assert.Equal("quiet", (await pool.ReadAsync("noise")).Text);
        Assert.Equal("2", (await pool.ReadAsync("documents")).Text);
    }

    [Fact]
    public async Task A_process_reads_documents_of_one_tenant_only()
    {
        await using DocumentWorkerPool pool = new(FaultyWorkers.Options with { Workers = 1 });
        List<int> processes = pool.NoteProcesses();
        await pool.ReadAsync("echo 1", "a");
        await pool.ReadAsync("echo 2", "a");
        await pool.ReadAsync("echo 3", "b");
        await pool.ReadAsync("echo 4", "a");
        Assert.Equal(processes[0], processes[1]);
        Assert.Equal(3, processes.Distinct().Count());

        // There is room for one: those before had to go.
        await FaultyWorkers.EndsAsync(processes[0], TimeSpan.FromSeconds(5));
        await FaultyWorkers.EndsAsync(processes[2], TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_process_reads_as_many_documents_as_it_may_and_no_more()
    {
        await using DocumentWorkerPool pool = new(FaultyWorkers.Options with { DocumentsPerWorker = 3 });
        List<int> processes = pool.NoteProcesses();
        List<string> counts = [];
        for (int i = 0; i < 7; i++)
        {
            counts.Add((await pool.ReadAsync("documents")).Text);
        }

        Assert.Equal(["1", "2", "3", "1", "2", "3", "1"], counts);
        Assert.Equal(3, processes.Distinct().Count());
        await FaultyWorkers.EndsAsync(processes[0], TimeSpan.FromSeconds(5));
        Assert.Equal(100, new DocumentWorkerOptions().DocumentsPerWorker);
    }

    [Theory]
    [InlineData("refuse", DocumentErrors.Encrypted, "password is needed")]
    [InlineData("throw", DocumentErrors.Corrupt, "InvalidOperationException")]
    [InlineData("abort", DocumentErrors.Corrupt, "exit code 134")]
    [InlineData("exit", DocumentErrors.Corrupt, "exit code 7")]
    [InlineData("overflow", DocumentErrors.LimitExceeded, "nested too deep")]
    [InlineData("lie", DocumentErrors.Corrupt, "makes no sense")]
    [InlineData("garbage 58FFFFFFFF", DocumentErrors.Corrupt, "makes no sense")]
    [InlineData("garbage 50FFFFFF7F", DocumentErrors.Corrupt, "makes no sense")]
    [InlineData("garbage 46020000000000", DocumentErrors.Corrupt, "makes no sense")]
    public async Task After_any_failure_another_process_takes_over(string command, string code, string message)
    {
        await using DocumentWorkerPool pool = new(FaultyWorkers.Options);
        List<int> processes = pool.NoteProcesses();
        await pool.ReadAsync("echo before");
        DocumentException exception = await pool.FailAsync(command);
        Assert.Equal(code, exception.Code);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", exception.Message, StringComparison.Ordinal);
        Assert.Equal("1", (await pool.ReadAsync("documents")).Text);
        Assert.Equal(processes[0], processes[1]);
        Assert.NotEqual(processes[1], processes[2]);
        await FaultyWorkers.EndsAsync(processes[1], TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData("objects")]
    [InlineData("native")]
    public async Task Memory_is_limited(string command)
    {
        long limit = 200L << 20;
        await using DocumentWorkerPool pool = new(
            FaultyWorkers.Options with { Limits = FaultyWorkers.Options.Limits with { MaxMemory = limit } });
        long peak = 0;
        pool.AfterRead = worker => peak = worker.PeakMemory;
        DocumentException exception = await pool.FailAsync(command);
        Assert.Equal(DocumentErrors.LimitExceeded, exception.Code);
        Assert.Contains("200 MiB", exception.Message, StringComparison.Ordinal);
        Assert.InRange(peak, 1, limit + (limit / 4));
        Assert.Equal("after", (await pool.ReadAsync("echo after")).Text);
    }

    [Fact]
    public async Task Time_is_limited()
    {
        await using DocumentWorkerPool pool = new(
            FaultyWorkers.Options with { Limits = new DocumentLimits { MaxTime = TimeSpan.FromSeconds(1) } });
        List<int> processes = pool.NoteProcesses();
        long start = TimeProvider.System.GetTimestamp();
        await pool.ReadAsync("echo start");
        TimeSpan started = TimeProvider.System.GetElapsedTime(start);
        DocumentException exception = await pool.FailAsync("hang");
        Assert.InRange(TimeProvider.System.GetElapsedTime(start) - started, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(5));
        Assert.Equal(DocumentErrors.LimitExceeded, exception.Code);
        Assert.Contains("1 seconds", exception.Message, StringComparison.Ordinal);
        Assert.False(FaultyWorkers.Runs(processes[1]));
        Assert.Equal("after", (await pool.ReadAsync("echo after")).Text);
    }

    [Fact]
    public async Task Cancelling_kills_at_once()
    {
        await using DocumentWorkerPool pool = new(FaultyWorkers.Options);
        List<int> processes = pool.NoteProcesses();
        await pool.ReadAsync("echo start");
        using CancellationTokenSource cancelled = new();
        Task<ParsedDocument> hanging = pool.ReadAsync("a", FaultyWorkers.Command("hang"), cancelled.Token);
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.True(FaultyWorkers.Runs(processes[0]));
        long start = TimeProvider.System.GetTimestamp();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging);
        Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(2));
        Assert.False(FaultyWorkers.Runs(processes[0]));
        Assert.Equal("after", (await pool.ReadAsync("echo after")).Text);
    }

    [Fact]
    public async Task As_many_read_and_wait_as_may_and_others_are_refused()
    {
        DocumentWorkerPool pool = new(FaultyWorkers.Options with { Workers = 1, Waiting = 1 });
        List<int> processes = pool.NoteProcesses();
        Task<ParsedDocument> first = pool.ReadAsync("hang");
        Task<ParsedDocument> second = pool.ReadAsync("hang");
        DocumentReaderBusyException exception =
            await Assert.ThrowsAsync<DocumentReaderBusyException>(() => pool.ReadAsync("echo"));
        Assert.Contains("1 documents wait", exception.Message, StringComparison.Ordinal);

        // Ending the pool ends them all.
        await pool.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.DoesNotContain(processes, FaultyWorkers.Runs);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pool.ReadAsync("echo"));
    }

    [Fact]
    public async Task Files_that_are_empty_or_too_large_need_no_process()
    {
        await using DocumentWorkerPool pool = new(
            FaultyWorkers.Options with { WorkerAssembly = "missing.dll", Limits = new DocumentLimits { MaxBytes = 10 } });
        Assert.Equal(DocumentErrors.EmptyFile, (await pool.FailAsync("")).Code);
        Assert.Equal(DocumentErrors.LimitExceeded, (await pool.FailAsync("12345678901")).Code);
        await Assert.ThrowsAsync<FileNotFoundException>(() => pool.ReadAsync("1234567890"));
    }

    [Fact]
    public async Task An_idle_process_that_was_killed_is_replaced()
    {
        await using DocumentWorkerPool pool = new(FaultyWorkers.Options);
        DocumentWorkerProcess? idle = null;
        pool.AfterRead = worker => idle = worker;
        await pool.ReadAsync("echo 1");
        DocumentWorkerProcess first = idle!;
        first.Kill();
        while (first.IsAlive)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.Equal("2", (await pool.ReadAsync("echo 2")).Text);
    }

    [Fact]
    public async Task An_idle_process_ends_after_a_while()
    {
        FakeTimeProvider time = new();
        await using DocumentWorkerPool pool = new(
            FaultyWorkers.Options with { IdleTime = TimeSpan.FromMinutes(1), Spare = true }, time);
        List<int> processes = pool.NoteProcesses();
        await pool.ReadAsync("echo 1");
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.True(FaultyWorkers.Runs(processes[0]));
        await pool.ReadAsync("echo 2");
        Assert.Equal(processes[0], processes[1]);
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.True(FaultyWorkers.Runs(processes[0]));
        time.Advance(TimeSpan.FromSeconds(31));
        await FaultyWorkers.EndsAsync(processes[0], TimeSpan.FromSeconds(5));
        Assert.Equal("3", (await pool.ReadAsync("echo 3")).Text);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(15)]
    [InlineData(1)]
    public async Task A_signal_to_all_processes_does_not_end_a_document(int signal)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("there are no signals");
        }

        await using DocumentWorkerPool pool = new(FaultyWorkers.Options);
        List<int> processes = pool.NoteProcesses();
        await pool.ReadAsync("echo 1");
        Assert.Equal(0, Signal(processes[0], signal));
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.Equal("2", (await pool.ReadAsync("documents")).Text);
    }

    [Fact]
    public async Task A_process_that_the_system_ends_is_not_the_documents_damage()
    {
        await using DocumentWorkerPool pool = new(FaultyWorkers.Options);
        List<int> processes = pool.NoteProcesses();
        await pool.ReadAsync("echo 1");
        Task<DocumentException> failing = pool.FailAsync("hang");
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.Equal(0, Signal(processes[0], 9));
        DocumentException exception = await failing;
        Assert.Equal(DocumentErrors.LimitExceeded, exception.Code);
        Assert.Contains("the system ended", exception.Message, StringComparison.Ordinal);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
