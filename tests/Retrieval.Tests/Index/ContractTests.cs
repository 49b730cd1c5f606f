using LlmPlatform.Retrieval.Index;
using LlmPlatform.Retrieval.Index.Embedded;

namespace LlmPlatform.Retrieval.Tests.Index;

/// <summary>The contract, kept by the embedded index.</summary>
public sealed class EmbeddedIndexContractTests : ChunkIndexContract
{
    private readonly string _folder = Directory.CreateTempSubdirectory("llmplatform-index-").FullName;
    private EmbeddedIndex? _embedded;

    protected override IChunkIndex Make() => _embedded = new EmbeddedIndex(_folder, Analyzer);

    public override async ValueTask DisposeAsync()
    {
        await _embedded!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        await base.DisposeAsync();
    }
}

/// <summary>The contract, kept by the embedded index when everything that it does rarely happens all the time.</summary>
public sealed class EmbeddedIndexWithTinySegmentsContractTests : ChunkIndexContract
{
    private readonly string _folder = Directory.CreateTempSubdirectory("llmplatform-index-").FullName;
    private EmbeddedIndex? _embedded;

    protected override IChunkIndex Make() => _embedded = new EmbeddedIndex(
        _folder, Analyzer, new EmbeddedIndexOptions { TailPoints = 1, MergeSegments = 2, OpenCollections = 1 });

    public override async ValueTask DisposeAsync()
    {
        await _embedded!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        await base.DisposeAsync();
    }
}

/// <summary>The contract holds for an index whose changes fail and are repeated.</summary>
public sealed class UnreliableIndexContractTests : ChunkIndexContract
{
    protected override IChunkIndex Make() => new UnreliableIndex(Analyzer, seed: 5);

    [Fact]
    public async Task What_arrives_late_leaves_points_that_revisions_tell_apart()
    {
        UnreliableIndex index = new(Analyzer, seed: 11) { FailureChance = 0.6, LateChance = 1 };
        await RetryAsync(() => index.CreateAsync("c", 0, Cancellation));
        for (long revision = 1; revision <= 30; revision++)
        {
            long current = revision;
            await RetryAsync(() => index.UpsertAsync("c", [Points.Make("d", current, 0, "word")], Cancellation));
            await RetryAsync(() => index.DeleteAsync("c", "d", current, Cancellation));
            // A deletion or a writing of an earlier revision may have come after: the row's revision may be missing or others there.
        }

        Assert.True(index.Failures > 10);
        List<IndexedRevision> revisions = await index.ListRevisionsAsync("c", Cancellation).ListAsync();
        Assert.All(revisions, revision => Assert.Equal(1, revision.Points));
    }
}
