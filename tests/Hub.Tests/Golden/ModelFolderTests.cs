using System.Text.Json;
using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Hub.Gguf;
using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Testing;

namespace LlmPlatform.Hub.Tests.Golden;

/// <summary>Every model folder of the reference material opens; those of supported kinds have all their tensors.</summary>
[Trait("Category", "Golden")]
public class ModelFolderTests
{
    // The recurrent networks of torch have weights, but no config.json: they are no model folders.
    public static TheoryData<string> Folders() => Find(folder => Directory.EnumerateFiles(folder, "*.gguf").Any()
        || (File.Exists(Path.Combine(folder, "config.json")) && Directory.EnumerateFiles(folder, "model*.safetensors").Any()));

    public static TheoryData<string> OldConfigs() => Find(folder => File.Exists(Path.Combine(folder, "config.older.json"))
        && ModelConfig.Load(Path.Combine(folder, "config.json")).FindString("model_type") == LlamaArchitecture.ModelType);

    public static TheoryData<string> GgufFolders() => Find(folder => Directory.EnumerateFiles(folder, "*.gguf").Any() && File.Exists(Path.Combine(folder, "config.json")));

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_folder_opens(string name)
    {
        string folder = SharedData.Require(name.Split('/'));
        GoldenCoverage.Count(name.Split('/')[^2], skipped: false);
        ModelFolder model = ModelFolder.Open(folder);
        using ITensorFile weights = model.OpenWeights();

        Assert.NotEmpty(weights.Tensors);
        Assert.All(weights.Tensors.Values, tensor => Assert.Equal(tensor.ByteLength, weights.GetBytes(tensor).Length));
        Assert.Equal(ModelFolder.SupportedModelTypes.Contains(model.ModelType) && model.Task is not null, model.UnsupportedReason is null);
        if (model.ModelType == LlamaArchitecture.ModelType)
        {
            LlamaConfig config = LlamaConfig.From(model.Config);
            bool head = model.Task == ModelTask.TextGeneration;
            LlamaArchitecture.Of(weights).Check(head ? config : config with { TieWordEmbeddings = true }, weights);
        }
        else if (model.UnsupportedReason is null)
        {
            BertArchitecture.Of(weights).Check(BertConfig.From(model.Config), weights);
        }
    }

    [Theory]
    [MemberData(nameof(OldConfigs))]
    public void The_older_spelling_of_a_configuration_means_the_same(string name)
    {
        string folder = SharedData.Require(name.Split('/'));
        LlamaConfig newer = LlamaConfig.From(ModelConfig.Load(Path.Combine(folder, "config.json")));
        LlamaConfig older = LlamaConfig.From(ModelConfig.Load(Path.Combine(folder, "config.older.json")));
        Assert.Equivalent(newer, older, strict: true);
    }

    [Theory]
    [MemberData(nameof(GgufFolders))]
    public void The_metadata_of_a_gguf_file_says_what_its_config_json_says(string name)
    {
        string folder = SharedData.Require(name.Split('/'));
        ModelConfig json = ModelConfig.Load(Path.Combine(folder, "config.json"));
        using GgufFile file = GgufFile.Open(Directory.EnumerateFiles(folder, "*.gguf").Single());
        ModelConfig metadata = GgufConfig.Read(file);
        string[] numbers =
        [
            "hidden_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads", "intermediate_size", "vocab_size",
            "max_position_embeddings", "type_vocab_size", "head_dim", "rms_norm_eps", "layer_norm_eps",
        ];
        foreach (string key in numbers.Where(json.Has))
        {
            Assert.Equal(json.GetDouble(key), metadata.GetDouble(key), json.GetDouble(key) * 1e-6);
        }

        Assert.Equal(json.GetString("model_type"), metadata.GetString("model_type"));
        Assert.Equal(json.GetString("hidden_act"), metadata.GetString("hidden_act"));
        if (json.GetString("model_type") == LlamaArchitecture.ModelType)
        {
            Assert.Equivalent(LlamaConfig.From(json).RopeParameters, LlamaConfig.From(metadata).RopeParameters, strict: true);
            Assert.Equal(json.GetBoolean("tie_word_embeddings", false), metadata.GetBoolean("tie_word_embeddings", false));
        }
    }

    [Fact]
    public void Rows_of_a_real_file_lie_where_the_reader_says()
    {
        string blocks = SharedData.Require("golden", "quantization", "blocks.safetensors");
        using JsonDocument record = JsonDocument.Parse(File.ReadAllBytes(SharedData.Require("golden", "quantization", "blocks.json")));
        using SafetensorsFile expected = SafetensorsFile.Open(blocks);
        using GgufFile file = GgufFile.Open(Directory.EnumerateFiles(SharedData.Require("models", "smollm2-135m-instruct"), "*.gguf").Single());
        int rows = 0;
        foreach (JsonProperty entry in record.RootElement.GetProperty("smollm2").EnumerateObject())
        {
            TensorInfo tensor = file.Require(entry.Name);
            Assert.Equal(entry.Value.GetProperty("data_offset_in_file").GetInt64(), tensor.Offset);
            Assert.Equal(entry.Value.GetProperty("shape_in_file").EnumerateArray().Select(dimension => dimension.GetInt64()).Reverse(), tensor.Shape);
            byte[] raw = expected.GetBytes(expected.Require($"smollm2.{entry.Name}.raw")).ToArray();
            int rowBytes = (int)TensorTypes.ByteLength(tensor.Type, tensor.RowLength);
            foreach ((int place, JsonElement row) in entry.Value.GetProperty("rows_taken").EnumerateArray().Index())
            {
                rows++;
                Assert.Equal(raw[(place * rowBytes)..((place + 1) * rowBytes)], file.GetRowBytes(tensor, row.GetInt32(), 1).ToArray());
            }
        }

        Assert.NotEqual(0, rows);
    }

    [Fact]
    public void Every_safetensors_file_opens()
    {
        string root = SharedData.Require("golden");
        List<string> failures = [];
        int count = 0;
        foreach (string path in Directory.EnumerateFiles(root, "*.safetensors", SearchOption.AllDirectories).Where(path => !path.Contains("bad-files", StringComparison.Ordinal)))
        {
            count++;
            try
            {
                using SafetensorsFile file = SafetensorsFile.Open(path);
            }
            catch (InvalidModelFileException e)
            {
                failures.Add(e.Message);
            }
        }

        GoldenCoverage.Count("(safetensors files)", skipped: false, count);
        Assert.True(failures.Count == 0, $"{failures.Count} of {count}: {string.Join("; ", failures.Take(10))}");
        Assert.NotEqual(0, count);
    }

    private static TheoryData<string> Find(Func<string, bool> wanted)
    {
        TheoryData<string> names = [];
        foreach (string parent in (string[])["golden/models", "models"])
        {
            if (SharedData.TryFind(parent.Split('/')) is { } path)
            {
                foreach (string folder in Directory.EnumerateDirectories(path).Where(wanted).Order(StringComparer.Ordinal))
                {
                    names.Add($"{parent}/{Path.GetFileName(folder)}");
                }
            }
        }

        return names.Count > 0 ? names : ["golden/models/none"];
    }
}
