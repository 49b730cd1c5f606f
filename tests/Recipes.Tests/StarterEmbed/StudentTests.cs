using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Hub;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Recipes.Running;
using LlmPlatform.Recipes.StarterEmbed;
using LlmPlatform.Tokenization;

namespace LlmPlatform.Recipes.Tests.StarterEmbed;

public sealed class StudentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Special_pieces_letters_and_Hangul_stay_and_of_the_rest_the_most_used()
    {
        Tokenizer tokenizer = Parse(TinyTeacher.Tokenizer());
        long[] counts = VocabularyChoice.Count(tokenizer, ["ab abc 中 中 文 가나", "中abc"], TinyTeacher.Pieces.Length, Ct);

        string[] kept = [.. VocabularyChoice.Choose(TinyTeacher.Tokenizer(), counts, 14).Select(id => TinyTeacher.Pieces[id])];

        // Nothing of é and ca was counted; of what was, 中 is the most used.
        Assert.Equal(["<s>", "<pad>", "</s>", "<unk>", "▁", "a", "b", "c", "abc", "가", "나", "▁가나", "中", "<mask>"], kept);
    }

    [Fact]
    public void What_must_stay_has_to_fit()
    {
        RecipeException error = Assert.Throws<RecipeException>(() => VocabularyChoice.Choose(TinyTeacher.Tokenizer(), new long[TinyTeacher.Pieces.Length], 8));
        Assert.Contains("expected at most 8", error.Message, StringComparison.Ordinal);

        JsonObject other = TinyTeacher.Tokenizer();
        other["model"]!["type"] = "BPE";
        Assert.Contains("expected Unigram", Assert.Throws<RecipeException>(() => UnigramJson.Vocabulary(other)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_smaller_tokenizer_reads_any_text_and_gives_the_same_pieces_where_it_has_them()
    {
        int[] kept = [0, 1, 2, 3, 4, 5, 6, 7, 9, 11, 12, 17];
        Tokenizer large = Parse(TinyTeacher.Tokenizer());
        Tokenizer small = Parse(UnigramJson.WithPieces(TinyTeacher.Tokenizer(), kept));

        Assert.Equal(kept.Length, small.VocabularySize);
        Assert.Equal(large.Encode("abc 가").Tokens, small.Encode("abc 가").Tokens);
        Assert.Equal(["<s>", "▁", "가", "나", "<mask>"], small.Encode("가나").Tokens);
        Assert.Equal([0, 4, 3, 11], small.EncodeIds("中文"));
    }

    [Fact]
    public async Task The_student_has_the_teachers_numbers()
    {
        string path = _folder.Below("teacher");
        await TinyTeacher.WriteAsync(path);
        ModelFolder teacher = ModelFolder.Open(path);
        int[] kept = [0, 1, 2, 3, 4, 5, 12, 17];
        string output = _folder.Below("student");

        await StudentEncoder.WriteAsync(teacher, TinyTeacher.Tokenizer(), kept, [2, 4], output, Ct);

        ModelFolder student = ModelFolder.Open(output);
        using ITensorFile from = teacher.OpenWeights();
        using ITensorFile to = student.OpenWeights();
        Assert.Null(student.UnsupportedReason);
        Assert.Equal(2, student.Config.GetInt32("num_hidden_layers"));
        Assert.Equal("query: ", student.SentenceTransformers!.Prompts["query"]);
        Assert.True(student.SentenceTransformers.Normalize);
        float[] words = to.ReadFloats("embeddings.word_embeddings.weight", kept.Length, TinyTeacher.Hidden);
        float[] all = from.ReadFloats("embeddings.word_embeddings.weight");
        Assert.Equal(kept.SelectMany(id => all.Skip(id * TinyTeacher.Hidden).Take(TinyTeacher.Hidden)), words);
        foreach (string name in to.Tensors.Keys.Where(name => name != "embeddings.word_embeddings.weight"))
        {
            string source = name.Replace("layer.1.", "layer.3.", StringComparison.Ordinal).Replace("layer.0.", "layer.1.", StringComparison.Ordinal);
            Assert.Equal(from.ReadFloats(source), to.ReadFloats(name));
        }

        Assert.Equal(37, to.Tensors.Count);
        await Assert.ThrowsAsync<RecipeException>(() => StudentEncoder.WriteAsync(teacher, TinyTeacher.Tokenizer(), kept, [5], output, Ct));
    }

    [Fact]
    public async Task The_mean_of_two_models_is_written_in_float16()
    {
        (string first, string second, string output) = (_folder.Below("first"), _folder.Below("second"), _folder.Below("mean"));
        await TinyTeacher.WriteAsync(first);
        ModelFolder teacher = ModelFolder.Open(first);
        int[] kept = [.. Enumerable.Range(0, TinyTeacher.Pieces.Length)];
        await StudentEncoder.WriteAsync(teacher, TinyTeacher.Tokenizer(), kept, [1], second, Ct);
        string third = _folder.Below("third");
        await StudentEncoder.WriteAsync(teacher, TinyTeacher.Tokenizer(), kept, [3], third, Ct);

        long bytes = await HalfPrecision.WriteAsync([(second, 0.25), (third, 0.75)], output, Ct);

        using ITensorFile one = ModelFolder.Open(second).OpenWeights();
        using ITensorFile other = ModelFolder.Open(third).OpenWeights();
        using ITensorFile mean = ModelFolder.Open(output).OpenWeights();
        Assert.All(mean.Tensors.Values, tensor => Assert.Equal(TensorType.F16, tensor.Type));
        float[] expected = [.. one.ReadFloats("encoder.layer.0.output.dense.weight").Zip(other.ReadFloats("encoder.layer.0.output.dense.weight")).Select(pair => (0.25f * pair.First) + (0.75f * pair.Second))];
        Assert.All(expected.Zip(mean.ReadFloats("encoder.layer.0.output.dense.weight")), pair => Assert.Equal(pair.First, pair.Second, pair.First * 1e-3f));
        Assert.Equal("float16", JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(output, "config.json"), Ct))!["dtype"]!.ToString());
        Assert.True(File.Exists(Path.Combine(output, "1_Pooling", "config.json")));
        Assert.Equal(Directory.EnumerateFiles(output, "*", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length), bytes);
    }

    private static Tokenizer Parse(JsonObject tokenizer) => Tokenizer.Parse(JsonSerializer.SerializeToUtf8Bytes(tokenizer));
}
