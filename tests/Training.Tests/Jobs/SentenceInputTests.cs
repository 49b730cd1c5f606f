using LlmPlatform.Hub;
using LlmPlatform.Modeling;
using LlmPlatform.Training.Data;
using LlmPlatform.Training.Objectives;
using LlmPlatform.Training.Tests.Support;

namespace LlmPlatform.Training.Tests.Jobs;

public sealed class SentenceInputTests
{
    [Fact]
    public void Rows_of_alike_length_are_together_and_each_group_begins_with_its_longest()
    {
        Assert.Equal([[0, 1, 2]], SentenceInput.Groups([9, 8, 7]));
        Assert.Equal([[1], [3, 0], [2, 4]], SentenceInput.Groups([20, 200, 8, 30, 6]));
    }

    [Fact]
    public async Task A_rows_vector_does_not_depend_on_its_neighbours()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("llmplatform-sentences-");
        try
        {
            await TinyModels.WriteAsync(folder.FullName, TinyModels.BertConfig());
            using SentenceEmbeddingModel model = AutoModelForSentenceEmbedding.FromFolder(ModelFolder.Open(folder.FullName), torch.ScalarType.Float32);
            using DisposeScope scope = torch.NewDisposeScope();
            int[][] rows = [.. new[] { 3, 12, 2, 5, 7, 12 }.Select((length, row) => Enumerable.Range(1, length).Select(i => 1 + ((i + row) % 9)).ToArray())];

            torch.Tensor together = SentenceInput.Vectors(model, PaddedIds.Pad(rows, 0));
            torch.Tensor alone = torch.cat([.. rows.Select(row => SentenceInput.Vectors(model, PaddedIds.Pad([row], 0)))]);

            Assert.Equal(alone.shape, together.shape);
            Assert.InRange((together - alone).abs().max().item<float>(), 0, 1e-5f);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
