using LlmPlatform.Platform.Tests.Retrieval;
using LlmPlatform.Testing;

namespace LlmPlatform.Platform.Tests.Recipes;

/// <summary>
/// The starter encoder (<c>models/starter-embed</c>, or the folder that <c>LLMPLATFORM_STARTER_EMBED</c> names) on sets that its recipe
/// never saw, beside its teacher where the reference material has it.
/// </summary>
[Trait("Category", "Long")]
public sealed class StarterEmbedEvaluation
{
    private const long LargestModel = 20_000_000;
    private const int SpeedTexts = 256;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_reaches_the_floors()
    {
        Row starter = await MeasureAsync("starter-embed", Starter());
        List<Row> rows = [starter];
        if (SharedData.TryFind("models", PlatformFixture.MultilingualE5) is { } teacher)
        {
            rows.Add(await MeasureAsync("its teacher", teacher));
        }

        Measurements.Write(
            "starter-embed",
            [
                $"| encoder | MB | KLUE-STS Spearman | KorSTS Spearman | KorQuAD dense recall@5 | question-pair AUROC | embeddings/s |",
                $"|---|--:|--:|--:|--:|--:|--:|",
                .. rows.Select(row => (FormattableString)$"| {row.Name} | {row.Bytes / 1e6:0.0} | {row.KlueSts:0.000} | {row.KorSts:0.000} | {row.Recall5:0.000} | {row.Auroc:0.000} | {row.Speed:0} |"),
            ]);
        Assert.InRange(starter.Bytes, 1, LargestModel);
        Assert.InRange(starter.KlueSts, 0.65, 1);
        Assert.InRange(starter.KorSts, 0.62, 1);
        Assert.InRange(starter.Recall5, 0.60, 1);
        Assert.InRange(starter.Auroc, 0.5, 1);
        Assert.All(rows.Skip(1), row => Assert.True(starter.Speed > row.Speed, $"{starter.Speed} texts a second, expected more than the teacher's {row.Speed}"));
    }

    private static string Starter()
    {
        string? named = Environment.GetEnvironmentVariable("LLMPLATFORM_STARTER_EMBED");
        string folder = string.IsNullOrEmpty(named) ? Path.Combine(SharedData.RepositoryRoot, "models", "starter-embed") : named;
        if (!Directory.Exists(folder))
        {
            Assert.Skip("there is no models/starter-embed: make it with llm recipes run starter-embed");
        }

        return folder;
    }

    private static async Task<Row> MeasureAsync(string name, string folder)
    {
        using EncoderQuality quality = new(folder);
        return new Row(
            name,
            Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length),
            await quality.SpearmanAsync(SentencePairs.KlueSts(), Ct),
            await quality.SpearmanAsync(SentencePairs.KorSts(), Ct),
            await quality.Recall5Async(KorQuad.Require(), 1, Ct),
            await quality.AurocAsync(SentencePairs.Questions(), Ct),
            await quality.SpeedAsync([.. SentencePairs.KlueSts().Take(SpeedTexts).Select(pair => pair.First)], Ct));
    }

    private sealed record Row(string Name, long Bytes, double KlueSts, double KorSts, double Recall5, double Auroc, double Speed);
}
