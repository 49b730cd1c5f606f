using System.Text.Json;
using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Gguf;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Testing;

namespace LlmPlatform.Hub.Tests.Golden;

/// <summary>A small llama in each type of weights (golden/quantization/tiny-gguf): types, sizes and settings as recorded.</summary>
[Trait("Category", "Golden")]
public class TinyGgufTests
{
    public static TheoryData<string> Files()
    {
        TheoryData<string> files = [];
        if (SharedData.TryFind("golden", "quantization", "tiny-gguf-expected.json") is { } list)
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(list));
            foreach (JsonElement entry in document.RootElement.EnumerateArray())
            {
                files.Add(entry.GetProperty("file").GetString()!);
            }
        }

        return files.Count > 0 ? files : [""];
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_is_what_the_record_says(string name)
    {
        string path = SharedData.Require("golden", "quantization", "tiny-gguf", name);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedData.Require("golden", "quantization", "tiny-gguf-expected.json")));
        JsonElement expected = document.RootElement.EnumerateArray().Single(entry => entry.GetProperty("file").GetString() == name);
        GoldenCoverage.Count("quantization/tiny-gguf", skipped: false);

        using TemporaryFolder folder = new();
        File.Copy(path, Path.Combine(folder.Path, name));
        ModelFolder model = ModelFolder.Open(folder.Path);
        LlamaConfig config = LlamaConfig.From(model.Config);
        Assert.Equal(expected.GetProperty("hidden").GetInt32(), config.HiddenSize);
        Assert.Equal(expected.GetProperty("heads").GetInt32(), config.NumAttentionHeads);
        Assert.Equal(expected.GetProperty("kv_heads").GetInt32(), config.NumKeyValueHeads);
        Assert.Equal(expected.GetProperty("head_dim").GetInt32(), config.HeadDim);
        Assert.Equal(expected.GetProperty("ffn").GetInt32(), config.IntermediateSize);
        Assert.Equal(expected.GetProperty("rope_theta").GetDouble(), config.RopeParameters.RopeTheta);
        Assert.Equal(expected.GetProperty("tied_embeddings").GetBoolean(), config.TieWordEmbeddings);
        Assert.NotNull(model.ChatTemplate);

        using ITensorFile weights = model.OpenWeights();
        LlamaArchitecture.Of(weights).Check(config, weights);
        Dictionary<string, int> types = weights.Tensors.Values.GroupBy(tensor => tensor.Type.ToString()).ToDictionary(group => group.Key, group => group.Count());
        Assert.Equal(expected.GetProperty("tensor_types").EnumerateObject().ToDictionary(type => type.Name, type => type.Value.GetInt32()), types);
        foreach (TensorInfo tensor in weights.Tensors.Values)
        {
            CheckRows(weights, tensor);
        }
    }

    /// <summary>Whole tensor and single rows agree, and all values are finite.</summary>
    private static void CheckRows(ITensorFile weights, TensorInfo tensor)
    {
        float[] all = weights.ReadFloats(tensor.Name);
        Assert.All(all, value => Assert.True(float.IsFinite(value), tensor.Name));
        float[] row = new float[tensor.RowLength];
        int rowBytes = (int)TensorTypes.ByteLength(tensor.Type, tensor.RowLength);
        byte[] bytes = weights.GetBytes(tensor).ToArray();
        for (int i = 0; i < tensor.RowCount; i++)
        {
            weights.ReadRows(tensor, i, 1, row);
            Assert.True(row.AsSpan().SequenceEqual(all.AsSpan(i * row.Length, row.Length)), $"{tensor.Name}: row {i}");
            Assert.True(weights.GetRowBytes(tensor, i, 1).SequenceEqual(bytes.AsSpan(i * rowBytes, rowBytes)), $"{tensor.Name}: bytes of row {i}");
        }
    }
}
