using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Hub;
using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Recipes.Running;

namespace LlmPlatform.Recipes.StarterEmbed;

/// <summary>
/// A smaller encoder made of a larger one (https://arxiv.org/abs/2010.13382 takes some of a teacher's layers): the rows of the
/// word embedding of the pieces that it keeps, some of the layers, and everything else, in float32.
/// </summary>
internal static class StudentEncoder
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Dense = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] Linears = ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense", "intermediate.dense", "output.dense"];
    private static readonly string[] Norms = ["attention.output.LayerNorm", "output.LayerNorm"];

    /// <summary>Writes the student as a sentence-transformers folder; a folder that is there is replaced.</summary>
    /// <param name="teacher">A BERT encoder with a Unigram tokenizer.</param>
    /// <param name="tokenizer">The teacher's tokenizer.json.</param>
    /// <param name="kept">The ids of the pieces that stay; their places are the new ids.</param>
    /// <param name="layers">The layers that stay, counted from 1.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    /// <exception cref="RecipeException">The teacher has not these layers, or is no sentence encoder.</exception>
    public static async Task WriteAsync(
        ModelFolder teacher, JsonObject tokenizer, int[] kept, IReadOnlyList<int> layers, string folder, CancellationToken cancellationToken)
    {
        BertConfig config = BertConfig.From(teacher.Config);
        if (layers.Count == 0 || layers.Any(layer => layer < 1 || layer > config.NumHiddenLayers))
        {
            throw new RecipeException($"layers: [{string.Join(", ", layers)}], expected some of the teacher's {config.NumHiddenLayers}, counted from 1");
        }

        if (teacher.SentenceTransformers is null)
        {
            throw new RecipeException($"teacher: {Path.GetFileName(teacher.Path)} has no modules.json, expected a sentence encoder");
        }

        string unfinished = folder + ".part";
        DeleteFolder(unfinished);
        Directory.CreateDirectory(unfinished);
        CopyCompanions(teacher.Path, unfinished);
        await File.WriteAllTextAsync(
            Path.Combine(unfinished, "tokenizer.json"), UnigramJson.WithPieces(tokenizer, kept).ToJsonString(Dense), cancellationToken).ConfigureAwait(false);
        JsonObject settings = UnigramJson.Read(Path.Combine(teacher.Path, "config.json"));
        settings["vocab_size"] = kept.Length;
        settings["num_hidden_layers"] = layers.Count;
        settings["dtype"] = "float32";
        settings.Remove("torch_dtype");
        await File.WriteAllTextAsync(Path.Combine(unfinished, "config.json"), settings.ToJsonString(Indented), cancellationToken).ConfigureAwait(false);
        using (ITensorFile weights = teacher.OpenWeights())
        {
            await SafetensorsWriter.WriteAsync(
                Path.Combine(unfinished, "model.safetensors"), Tensors(weights, config, kept, layers), cancellationToken: cancellationToken).ConfigureAwait(false);
        }

        DeleteFolder(folder);
        Directory.Move(unfinished, folder);
    }

    private static List<SafetensorsTensor> Tensors(ITensorFile weights, BertConfig config, int[] kept, IReadOnlyList<int> layers)
    {
        BertArchitecture names = BertArchitecture.Of(weights);
        names.Check(config, weights);
        string prefix = names.WordEmbeddings[..^"embeddings.word_embeddings.weight".Length];
        List<SafetensorsTensor> tensors = [Words(weights, names.WordEmbeddings, kept)];
        foreach (string name in new[] { "position_embeddings.weight", "token_type_embeddings.weight", "LayerNorm.weight", "LayerNorm.bias" })
        {
            Copy($"embeddings.{name}", $"embeddings.{name}");
        }

        for (int i = 0; i < layers.Count; i++)
        {
            foreach (string module in Linears.Concat(Norms))
            {
                Copy($"encoder.layer.{layers[i] - 1}.{module}.weight", $"encoder.layer.{i}.{module}.weight");
                Copy($"encoder.layer.{layers[i] - 1}.{module}.bias", $"encoder.layer.{i}.{module}.bias");
            }
        }

        return tensors;

        void Copy(string from, string to)
        {
            TensorInfo tensor = weights.Require(prefix + from);
            tensors.Add(SafetensorsTensor.FromFloats(to, tensor.Shape.AsSpan(), weights.ReadFloats(prefix + from)));
        }
    }

    private static SafetensorsTensor Words(ITensorFile weights, string name, int[] kept)
    {
        TensorInfo tensor = weights.Require(name);
        int width = (int)tensor.RowLength;
        float[] rows = new float[kept.Length * width];
        for (int i = 0; i < kept.Length; i++)
        {
            weights.ReadRows(tensor, kept[i], 1, rows.AsSpan(i * width, width));
        }

        return SafetensorsTensor.FromFloats("embeddings.word_embeddings.weight", [kept.Length, width], rows);
    }

    // What says how tokens become a vector: modules.json and the small files beside it.
    private static void CopyCompanions(string from, string to)
    {
        foreach (string path in Directory.EnumerateFiles(from, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string relative = Path.GetRelativePath(from, path);
            if (relative is "config.json" or "tokenizer.json" || relative.StartsWith("onnx", StringComparison.Ordinal) || relative.EndsWith(".index.json", StringComparison.Ordinal))
            {
                continue;
            }

            string target = Path.Combine(to, relative);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target);
            File.SetAttributes(target, FileAttributes.Normal);
        }
    }

    private static void DeleteFolder(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }
}
