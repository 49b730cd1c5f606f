using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Hub;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Modeling.Heads;
using TorchSharp;

namespace LlmPlatform.Modeling.Weights;

/// <summary>Writes a network as a folder in Hugging Face's layout.</summary>
internal static class ModelWriter
{
    // What belongs to a model beside weights and config.json.
    private static readonly string[] Companions =
    [
        "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.txt", "vocab.json", "merges.txt",
        "tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "generation_config.json", "chat_template.jinja", "chat_template.json",
        "modules.json", "config_sentence_transformers.json", "LICENSE",
    ];

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static async Task WriteAsync(PreTrainedModel model, string folder, ScalarType dtype, CancellationToken cancellationToken)
    {
        _ = TensorBytes.TypeOf(dtype);
        SentenceEmbeddingModel? sentences = model as SentenceEmbeddingModel;
        string body = Path.Combine(folder, sentences?.BodyFolder ?? "");
        Directory.CreateDirectory(body);
        HashSet<Tensor> separate = [.. sentences?.DenseLayers.SelectMany(pair => pair.Dense.parameters()) ?? []];
        await WriteTensorsAsync(
            Path.Combine(body, "model.safetensors"), model.named_parameters().Where(pair => !separate.Contains(pair.parameter)), dtype, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(body, "config.json"), Config(model, dtype).ToJsonString(Indented), cancellationToken);
        if (model.Source is { } source)
        {
            CopyCompanions(source, folder);
            await WriteChatTemplateAsync(source, body, cancellationToken);
        }

        foreach ((string below, SentenceDense dense) in sentences?.DenseLayers ?? [])
        {
            Directory.CreateDirectory(Path.Combine(folder, below));
            await WriteTensorsAsync(Path.Combine(folder, below, "model.safetensors"), dense.named_parameters(), dtype, cancellationToken);
        }
    }

    /// <summary>Writes tensors in one dtype; those that have it are not copied.</summary>
    public static async Task WriteTensorsAsync(
        string path, IEnumerable<(string Name, Parameter Parameter)> tensors, ScalarType dtype, CancellationToken cancellationToken)
    {
        List<SafetensorsTensor> written = [];
        List<Tensor> converted = [];
        try
        {
            foreach ((string name, Parameter parameter) in tensors)
            {
                Tensor values = Plain(parameter, dtype);
                converted.Add(values);
                written.Add(new SafetensorsTensor(name, TensorBytes.TypeOf(dtype), [.. parameter.shape], new TensorBytes(values).Memory));
            }

            await SafetensorsWriter.WriteAsync(path, written, cancellationToken: cancellationToken);
        }
        finally
        {
            converted.ForEach(values => values.Dispose());
        }
    }

    // On the processor, contiguous, without gradient, and of no dispose scope: writing goes over to other threads.
    private static Tensor Plain(Tensor tensor, ScalarType dtype)
    {
        using DisposeScope scope = NewDisposeScope();
        return tensor.detach().to(dtype).cpu().contiguous().DetachFromDisposeScope();
    }

    private static JsonObject Config(PreTrainedModel model, ScalarType dtype)
    {
        JsonObject config = JsonObject.Create(model.Config.Json)!;
        config["architectures"] = new JsonArray(model.Architecture);
        string name = dtype switch
        {
            ScalarType.Float64 => "float64",
            ScalarType.Float16 => "float16",
            ScalarType.BFloat16 => "bfloat16",
            _ => "float32",
        };
        config["dtype"] = name;
        if (config.ContainsKey("torch_dtype"))
        {
            config["torch_dtype"] = name;
        }

        config.Remove("quantization_config");
        foreach (string key in config.Where(pair => pair.Value is null).Select(pair => pair.Key).ToArray())
        {
            config.Remove(key);
        }

        return config;
    }

    private static void CopyCompanions(ModelFolder source, string folder)
    {
        string[] below = ["", .. source.SentenceTransformers?.Modules.Select(module => module.Path).Where(path => path.Length > 0) ?? []];
        foreach (string path in below)
        {
            string from = Path.Combine(source.Path, path);
            if (!Directory.Exists(from))
            {
                continue;
            }

            Directory.CreateDirectory(Path.Combine(folder, path));
            foreach (string file in Directory.EnumerateFiles(from).Where(file => IsCompanion(Path.GetFileName(file), path, source)))
            {
                string copy = Path.Combine(folder, path, Path.GetFileName(file));
                if (!File.Exists(copy))
                {
                    File.Copy(file, copy);
                }
            }
        }
    }

    private static bool IsCompanion(string name, string below, ModelFolder source) =>
        Companions.Contains(name)
        || (name.StartsWith("sentence_", StringComparison.Ordinal) && name.EndsWith("_config.json", StringComparison.Ordinal))
        // The settings of pooling and dense layers; the body's are written anew.
        || (name == "config.json" && source.SentenceTransformers?.Modules.Any(module => module.Path == below && module.Type != "Transformer") == true && below.Length > 0);

    // A GGUF file has its template inside.
    private static async Task WriteChatTemplateAsync(ModelFolder source, string body, CancellationToken cancellationToken)
    {
        string path = Path.Combine(body, "chat_template.jinja");
        if (source.ChatTemplate is { } template && !File.Exists(path) && source.TokenizerConfig?.Has("chat_template") != true)
        {
            await File.WriteAllTextAsync(path, template, cancellationToken);
        }
    }
}
