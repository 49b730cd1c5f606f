using System.Text;
using LlmPlatform.Retrieval.Documents;
using LlmPlatform.Retrieval.Documents.Sandbox;

namespace LlmPlatform.Retrieval.Tests.Documents.Sandbox;

/// <summary>Pools whose children do what the document says.</summary>
internal static class FaultyWorkers
{
    internal static string Assembly { get; } = Path.Combine(AppContext.BaseDirectory, "LlmPlatform.FaultyDocumentWorker.dll");

    internal static DocumentWorkerOptions Options { get; } = new()
    {
        WorkerAssembly = Assembly,
        Workers = 2,
        Spare = false,
        Limits = new DocumentLimits { MaxTime = TimeSpan.FromSeconds(20) },
    };

    internal static DocumentSource Command(string command) => new("command.txt", Encoding.UTF8.GetBytes(command));

    internal static Task<ParsedDocument> ReadAsync(this DocumentWorkerPool pool, string command, string tenant = "a") =>
        pool.ReadAsync(tenant, Command(command), TestContext.Current.CancellationToken);

    internal static async Task<DocumentException> FailAsync(this DocumentWorkerPool pool, string command) =>
        await Assert.ThrowsAsync<DocumentException>(() => pool.ReadAsync(command));

    /// <summary>Notes the number of each process that reads.</summary>
    internal static List<int> NoteProcesses(this DocumentWorkerPool pool)
    {
        List<int> processes = [];
        pool.AfterRead = worker =>
        {
            lock (processes)
            {
                processes.Add(worker.Id);
            }
        };
        return processes;
    }

    internal static bool Runs(int process) => Directory.Exists($"/proc/{process}")
        && !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);

    internal static async Task EndsAsync(int process, TimeSpan within)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (RunsSafely(process))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < within, $"process {process} still runs after {within}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private static bool RunsSafely(int process)
    {
        try
        {
            return Runs(process);
        }
        catch (IOException)
        {
            return false; // It ended in between.
        }
    }
}
