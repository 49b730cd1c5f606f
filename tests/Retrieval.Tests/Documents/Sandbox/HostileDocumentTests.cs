using System.Text;
using LlmPlatform.Retrieval.Documents;
using LlmPlatform.Retrieval.Documents.Sandbox;
using LlmPlatform.Retrieval.Tests.Documents.Golden;
using LlmPlatform.Testing;

namespace LlmPlatform.Retrieval.Tests.Documents.Sandbox;

/// <summary>
/// The hostile files of <c>golden/documents</c>, as the platform reads them: each ends within its limits of time and
/// memory with a result that its case accepts, makes no file anywhere, and the next document is read as if nothing had been.
/// </summary>
[Trait("Category", "Golden")]
public sealed class HostileDocumentTests(ITestOutputHelper output, HostileDocumentTests.SharedPool shared)
    : IClassFixture<HostileDocumentTests.SharedPool>
{
    public static TheoryData<string> Cases => GoldenDocumentCase.Ids(hostile: true);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_hostile_file_does_no_harm(string id)
    {
        GoldenDocumentCase expected = GoldenDocumentCase.Get(id);
        if (GoldenCoverage.MissingFeature($"documents/{id}") is { } feature)
        {
            GoldenCoverage.Count("documents/hostile", skipped: true);
            Assert.Skip($"not covered yet: {feature}");
        }

        GoldenCoverage.Count("documents/hostile", skipped: false);
        DocumentSource source = expected.ToSource();

        long start = TimeProvider.System.GetTimestamp();
        (ParsedDocument? document, DocumentException? error) = await ReadAsync(source);
        TimeSpan time = TimeProvider.System.GetElapsedTime(start);
        double growth = shared.LastGrowth / (double)(1 << 20);
        output.WriteLine($"{error?.Code ?? "ok"} ({error?.Message}) in {time.TotalSeconds:F2} s, {growth:F0} MiB");

        IReadOnlyList<string> failures = GoldenDocumentComparer.Check(expected, document, error);
        Assert.True(failures.Count == 0, $"{id}: {failures.Count} failures\n{string.Join('\n', failures.Take(10))}");
        if (expected.Limits is { } limits)
        {
            Assert.InRange(time.TotalSeconds, 0, limits.MaxSeconds);
            Assert.InRange(growth, 0, limits.MaxMemoryMiB);
        }

        if (expected.MustNotCreate is { } name)
        {
            string[] folders = [Path.GetTempPath(), AppContext.BaseDirectory, Environment.CurrentDirectory, "/", "/etc"];
            Assert.All(folders.SelectMany(Above), folder => Assert.False(File.Exists(Path.Combine(folder, name)), $"{name} in {folder}"));
        }

        // The next document is read as if nothing had been; with that its process has started before the next case.
        await shared.ReadGoodAsync();
    }

    private static IEnumerable<string> Above(string folder)
    {
        for (DirectoryInfo? info = new(folder); info is not null; info = info.Parent)
        {
            yield return info.FullName;
        }
    }

    private async Task<(ParsedDocument? Document, DocumentException? Error)> ReadAsync(DocumentSource source)
    {
        shared.LastGrowth = 0;
        try
        {
            return (await shared.Pool.ReadAsync("tenant", source, TestContext.Current.CancellationToken), null);
        }
        catch (DocumentException error)
        {
            return (null, error);
        }
    }

    /// <summary>One pool for all cases, with the platform's own limits but for the time: below the cases' ten seconds, with room for ending a process.</summary>
    public sealed class SharedPool : IAsyncLifetime
    {
        private static readonly DocumentSource Good =
            new("good.md", Encoding.UTF8.GetBytes("# 제목\n\nA good document after a bad one.\n"));

        public SharedPool()
        {
            Pool = new DocumentWorkerPool(new DocumentWorkerOptions
            {
                Workers = 1,
                Limits = new DocumentLimits { MaxTime = TimeSpan.FromSeconds(8) },
            });
            Pool.AfterRead = worker => LastGrowth = worker.PeakMemory - worker.ReadyMemory;
        }

        public DocumentWorkerPool Pool { get; }

        public long LastGrowth { get; set; }

        public async ValueTask InitializeAsync() => await ReadGoodAsync();

        public async Task ReadGoodAsync()
        {
            ParsedDocument document = await Pool.ReadAsync("tenant", Good, TestContext.Current.CancellationToken);
            Assert.Equal("제목", document.Title);
            Assert.Contains("after a bad one", document.Text, StringComparison.Ordinal);
        }

        public ValueTask DisposeAsync() => Pool.DisposeAsync();
    }
}
