using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Hub.SentenceTransformers;
using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Hub.Tests;

public sealed class ModelFolderTests : IDisposable
{
    private const string Bert = """{"model_type":"bert","hidden_size":4,"num_attention_heads":2,"num_hidden_layers":1,"intermediate_size":8,"vocab_size":3,"max_position_embeddings":16}""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Pickled_weights_alone_are_refused_with_the_reason()
    {
        _folder.Write("config.json", Bert);
        _folder.Write("pytorch_model.bin", "\u0080\u0002}q");
        InvalidModelFileException refusal = Assert.Throws<InvalidModelFileException>(() => ModelFolder.Open(_folder.Path));
        Assert.Contains("pytorch_model.bin", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("can run code", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("convert them to safetensors", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_missing_is_said()
    {
        Assert.Throws<DirectoryNotFoundException>(() => ModelFolder.Open(Path.Combine(_folder.Path, "none")));
        Assert.Contains("model.safetensors", Assert.Throws<InvalidModelFileException>(() => ModelFolder.Open(_folder.Path)).Message, StringComparison.Ordinal);
        await WriteWeights();
        Assert.Contains("config.json", Assert.Throws<InvalidModelFileException>(() => ModelFolder.Open(_folder.Path)).Message, StringComparison.Ordinal);
        _folder.Write("config.json", "{\"model_type\":");
        Assert.Contains("config.json", Assert.Throws<InvalidModelFileException>(() => ModelFolder.Open(_folder.Path)).Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(_folder.Path, "model.safetensors"));
        _folder.Write("a.gguf", "GGUF");
        _folder.Write("b.gguf", "GGUF");
        Assert.Contains("one GGUF file", Assert.Throws<InvalidModelFileException>(() => ModelFolder.Open(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_tensor_and_a_wrong_shape_are_named()
    {
        await WriteWeights(SafetensorsTensor.FromFloats("embeddings.word_embeddings.weight", [3, 2], new float[6]));
        _folder.Write("config.json", Bert);
        ModelFolder model = ModelFolder.Open(_folder.Path);
        using ITensorFile weights = model.OpenWeights();
        InvalidModelFileException shape = Assert.Throws<InvalidModelFileException>(() => BertArchitecture.Of(weights).Check(BertConfig.From(model.Config), weights));
        Assert.Contains("embeddings.word_embeddings.weight: shape: found [3, 2], expected [3, 4]", shape.Message, StringComparison.Ordinal);
        Assert.Contains("tensor other", Assert.Throws<InvalidModelFileException>(() => weights.Require("other")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"chat_template":"A"}""", "A")]
    [InlineData("""{"chat_template":[{"name":"default","template":"A"},{"name":"tool_use","template":"B"}]}""", "A")]
    [InlineData("""{"chat_template":null}""", null)]
    [InlineData("{}", null)]
    public async Task The_chat_template_is_found_in_the_tokenizers_settings(string tokenizerConfig, string? expected)
    {
        await WriteWeights();
        _folder.Write("config.json", Bert);
        _folder.Write("tokenizer_config.json", tokenizerConfig);
        Assert.Equal(expected, ModelFolder.Open(_folder.Path).ChatTemplate);

        _folder.Write("chat_template.jinja", "file\n");
        _folder.Write("additional_chat_templates/tool_use.jinja", "tools");
        ModelFolder model = ModelFolder.Open(_folder.Path);
        Assert.Equal("file\n", model.ChatTemplate);
        Assert.Equal("tools", model.ChatTemplates["tool_use"]);
    }

    [Fact]
    public async Task Special_tokens_are_strings_or_objects_and_generation_settings_win()
    {
        await WriteWeights();
        _folder.Write("config.json", Bert[..^1] + ",\"eos_token_id\":7}");
        _folder.Write("tokenizer_config.json", """{"bos_token":"<s>","eos_token":{"content":"</s>","lstrip":false},"pad_token":null}""");
        _folder.Write("special_tokens_map.json", """{"pad_token":"<pad>"}""");
        ModelFolder model = ModelFolder.Open(_folder.Path);
        Assert.Equal("<s>", model.FindSpecialToken("bos_token"));
        Assert.Equal("</s>", model.FindSpecialToken("eos_token"));
        Assert.Equal("<pad>", model.FindSpecialToken("pad_token"));
        Assert.Null(model.FindSpecialToken("cls_token"));
        Assert.Equal([7], model.EosTokenIds);
        Assert.Null(model.TokenizerPath);

        _folder.Write("generation_config.json", """{"eos_token_id":[1,2],"temperature":0.5,"top_k":3}""");
        _folder.Write("tokenizer.json", "{}");
        model = ModelFolder.Open(_folder.Path);
        Assert.Equal([1, 2], model.EosTokenIds);
        Assert.Equal((0.5, 3, null), (model.GenerationConfig!.Temperature!.Value, model.GenerationConfig.TopK!.Value, model.GenerationConfig.TopP));
        Assert.Equal(Path.Combine(_folder.Path, "tokenizer.json"), model.TokenizerPath);
    }

    [Fact]
    public async Task A_model_in_a_folder_of_its_own_is_found_by_modules_json()
    {
        _folder.Write("modules.json", """[{"idx":1,"path":"1_Pooling","type":"sentence_transformers.models.Pooling"},{"idx":0,"path":"0_Transformer","type":"sentence_transformers.models.Transformer"}]""");
        _folder.Write("1_Pooling/config.json", """{"pooling_mode_cls_token":true,"pooling_mode_max_tokens":true,"pooling_mode_mean_tokens":false}""");
        _folder.Write("0_Transformer/config.json", Bert);
        _folder.Write("0_Transformer/sentence_roberta_config.json", """{"max_seq_length":400,"do_lower_case":true}""");
        _folder.Write("config_sentence_transformers.json", """{"prompts":{"query":"Q: "},"default_prompt_name":"query"}""");
        await WriteWeights(name: "0_Transformer/model.safetensors");

        ModelFolder model = ModelFolder.Open(_folder.Path);

        SentenceTransformersConfig config = model.SentenceTransformers!;
        Assert.Equal(["Transformer", "Pooling"], config.Modules.Select(module => module.Type));
        Assert.Equal([PoolingMode.Cls, PoolingMode.Max], config.PoolingModes);
        Assert.Equal(16, config.MaxSeqLength); // no more than there are positions
        Assert.True(config.DoLowerCase);
        Assert.False(config.Normalize);
        Assert.Equal(("Q: ", "query", "cosine"), (config.Prompts["query"], config.DefaultPromptName, config.SimilarityFunction));
        Assert.Equal(ModelTask.SentenceSimilarity, model.Task);
        model.OpenWeights().Dispose();
    }

    [Theory]
    [InlineData("modules.json", """[{"path":"../x","type":"a.Transformer"}]""", "path")]
    [InlineData("modules.json", "{}", "array")]
    [InlineData("1_Pooling/config.json", """{"pooling_mode":"sum"}""", "pooling_mode")]
    [InlineData("1_Pooling/config.json", """{"pooling_mode_mean_tokens":false}""", "pooling_mode")]
    [InlineData("config_sentence_transformers.json", """{"prompts":{"a":"b"},"default_prompt_name":"c"}""", "default_prompt_name")]
    [InlineData("config_sentence_transformers.json", """{"similarity_fn_name":"x"}""", "similarity_fn_name")]
    [InlineData("sentence_bert_config.json", """{"max_seq_length":0}""", "max_seq_length")]
    public void Wrong_files_of_sentence_transformers_are_named(string file, string json, string field)
    {
        _folder.Write("modules.json", """[{"idx":0,"path":"","type":"sentence_transformers.models.Transformer"},{"idx":1,"path":"1_Pooling","type":"sentence_transformers.models.Pooling"}]""");
        _folder.Write("1_Pooling/config.json", """{"pooling_mode":"mean"}""");
        _folder.Write(file, json);
        InvalidModelFileException refusal = Assert.Throws<InvalidModelFileException>(() => SentenceTransformersConfig.TryRead(_folder.Path));
        Assert.Contains(Path.GetFileName(file), refusal.Message, StringComparison.Ordinal);
        Assert.Contains(field, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hidden_size", "0")]
    [InlineData("hidden_size", "5")]
    [InlineData("hidden_size", "\"4\"")]
    [InlineData("hidden_size", "null")]
    [InlineData("hidden_size", "4.5")]
    [InlineData("hidden_size", "1e30")]
    [InlineData("num_attention_heads", "-1")]
    [InlineData("num_hidden_layers", "1000000")]
    [InlineData("vocab_size", "99999999999")]
    [InlineData("rms_norm_eps", "-1")]
    [InlineData("attention_bias", "1")]
    [InlineData("num_key_value_heads", "3")]
    [InlineData("head_dim", "3")]
    [InlineData("rope_theta", "0")]
    [InlineData("rope_scaling", """{"type":"magic"}""")]
    [InlineData("rope_scaling", """{"type":"linear"}""")]
    [InlineData("rope_scaling", """{"rope_type":"llama3","factor":8,"low_freq_factor":1,"high_freq_factor":4}""")]
    [InlineData("rope_parameters", """{"rope_type":"longrope","short_factor":[1],"long_factor":[1,2]}""")]
    public void A_wrong_setting_of_a_llama_is_named(string key, string value)
    {
        string[] lines =
        [
            "\"model_type\":\"llama\"", "\"hidden_size\":8", "\"num_attention_heads\":2", "\"num_hidden_layers\":1", "\"intermediate_size\":8", "\"vocab_size\":9",
        ];
        string good = $"{{{string.Join(',', lines)}}}";
        Assert.Equal(4, LlamaConfig.From(ModelConfig.Parse("config.json", System.Text.Encoding.UTF8.GetBytes(good))).HeadDim);

        string bad = $"{{{string.Join(',', lines.Where(line => !line.StartsWith($"\"{key}\"", StringComparison.Ordinal)).Append($"\"{key}\":{value}"))}}}";
        InvalidModelFileException refusal = Assert.Throws<InvalidModelFileException>(
            () => LlamaConfig.From(ModelConfig.Parse("config.json", System.Text.Encoding.UTF8.GetBytes(bad))));
        Assert.Contains(key, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("config.json", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_that_only_python_writes_count_as_missing()
    {
        ModelConfig config = ModelConfig.Parse("config.json", """{"a":[0.5,Infinity],"b":-Infinity,"c":NaN,"d":"NaN \" Infinity","e":1}"""u8.ToArray());
        Assert.False(config.Has("b"));
        Assert.False(config.Has("c"));
        Assert.Equal("NaN \" Infinity", config.GetString("d"));
        Assert.Equal(1, config.GetInt32("e"));
    }

    private Task WriteWeights(SafetensorsTensor? tensor = null, string name = "model.safetensors") => SafetensorsWriter.WriteAsync(
        Path.Combine(_folder.Path, name), [tensor ?? SafetensorsTensor.FromFloats("x", [1], [1])], cancellationToken: TestContext.Current.CancellationToken);
}
