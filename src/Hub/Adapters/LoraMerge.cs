using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Hub.Adapters;

/// <summary>Makes a full model out of a base and an adapter. Memory is bounded by the adapter's matrices of one layer and a piece of one weight.</summary>
public static class LoraMerge
{
    /// <summary>Bytes of weights in one file unless the caller says otherwise.</summary>
    public const long DefaultShardBytes = 5_000_000_000;

    // Weights and what speaks of weights; everything else about the base goes along.
    private static readonly string[] LeftOut = ["config.json", LoraConfig.FileName, "README.md", "training_args.bin"];
    private static readonly string[] LeftOutExtensions = [".safetensors", ".gguf"];

    /// <summary>The number formats that a merged model can have, by transformers' names (<c>dtype</c>).</summary>
    public static IReadOnlyDictionary<string, TensorType> Dtypes { get; } = new Dictionary<string, TensorType>(StringComparer.Ordinal)
    {
        ["float32"] = TensorType.F32,
        ["bfloat16"] = TensorType.BF16,
        ["float16"] = TensorType.F16,
    };

    /// <summary>Writes config.json, the weights (in several files with an index where they are larger than one may be) and the files about text.</summary>
    /// <param name="model">The base with its adapter, of <see cref="ModelFolder.OpenAdapted"/>.</param>
    /// <param name="dtype">One of <see cref="Dtypes"/>.</param>
    /// <param name="folder">An empty folder.</param>
    /// <param name="maxShardBytes">How many bytes of tensors one file holds at most; a single larger tensor has a file for itself.</param>
    /// <param name="cancellationToken">Ends the work; what is written so far stays.</param>
    /// <exception cref="ArgumentException">The model has no adapter, or the format is none of <see cref="Dtypes"/>.</exception>
    /// <exception cref="InvalidModelFileException">A file is damaged, the adapter does not fit, or cannot be worked into the weights.</exception>
    public static async Task WriteAsync(
        ModelFolder model, string dtype, string folder, long maxShardBytes = DefaultShardBytes, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxShardBytes);
        if (!Dtypes.TryGetValue(dtype, out TensorType type))
        {
            throw new ArgumentException($"{dtype} is none of {string.Join(", ", Dtypes.Keys)}", nameof(dtype));
        }

        using LoraAdapter adapter = model.OpenAdapter() ?? throw new ArgumentException("the model has no adapter", nameof(model));
        using ITensorFile weights = model.OpenWeights();
        MergedTensors tensors = new(LlamaConfig.From(model.Config), weights, adapter, type);
        await WriteWeightsAsync([.. tensors.List()], folder, maxShardBytes, cancellationToken);
        await WriteConfigAsync(model, dtype, tensors.HasOwnHead, folder, cancellationToken);
        CopyText(model, folder);
    }

    private static async Task WriteWeightsAsync(List<SafetensorsSource> tensors, string folder, long maxShardBytes, CancellationToken cancellationToken)
    {
        List<List<SafetensorsSource>> shards = [[]];
        long bytes = 0;
        foreach (SafetensorsSource tensor in tensors)
        {
            if (shards[^1].Count > 0 && bytes + tensor.ByteLength > maxShardBytes)
            {
                shards.Add([]);
                bytes = 0;
            }

            shards[^1].Add(tensor);
            bytes += tensor.ByteLength;
        }

        if (shards.Count == 1)
        {
            await SafetensorsWriter.WriteAsync(Path.Combine(folder, "model.safetensors"), tensors, cancellationToken: cancellationToken);
            return;
        }

        JsonObject map = [];
        for (int i = 0; i < shards.Count; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"model-{i + 1:D5}-of-{shards.Count:D5}.safetensors");
            await SafetensorsWriter.WriteAsync(Path.Combine(folder, name), shards[i], cancellationToken: cancellationToken);
            shards[i].ForEach(tensor => map[tensor.Name] = name);
        }

        JsonObject index = new() { ["metadata"] = new JsonObject { ["total_size"] = tensors.Sum(tensor => tensor.ByteLength) }, ["weight_map"] = map };
        await WriteJsonAsync(Path.Combine(folder, "model.safetensors.index.json"), index, cancellationToken);
    }

    private static async Task WriteConfigAsync(ModelFolder model, string dtype, bool hasOwnHead, string folder, CancellationToken cancellationToken)
    {
        JsonObject config = JsonObject.Create(model.Config.Json)!;
        config.Remove("torch_dtype");
        config.Remove("quantization_config");
        config["dtype"] = dtype;
        config["architectures"] ??= new JsonArray("LlamaForCausalLM");
        config["tie_word_embeddings"] = !hasOwnHead;
        await WriteJsonAsync(Path.Combine(folder, "config.json"), config, cancellationToken);
    }

    private static void CopyText(ModelFolder model, string folder)
    {
        foreach (string source in (string[])[model.Path, model.AdapterPath!])
        {
            foreach (string file in Versions.ModelFiles.List(source).Where(IsText))
            {
                string target = Path.Combine(folder, file);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(Path.Combine(source, file), target, overwrite: true);
            }
        }

        // One that only a GGUF file tells, or that the copied files would let go unseen.
        if (model.ChatTemplate is { } template)
        {
            File.WriteAllText(Path.Combine(folder, "chat_template.jinja"), template);
        }
    }

    private static bool IsText(string file) =>
        !LeftOut.Contains(file, StringComparer.OrdinalIgnoreCase)
        && !LeftOutExtensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)
        && !file.EndsWith(".safetensors.index.json", StringComparison.OrdinalIgnoreCase);

    private static Task WriteJsonAsync(string path, JsonObject json, CancellationToken cancellationToken) =>
        File.WriteAllTextAsync(path, json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n", cancellationToken);
}
