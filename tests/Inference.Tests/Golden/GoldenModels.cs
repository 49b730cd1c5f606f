using System.Text.Json;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Testing;

namespace LlmPlatform.Inference.Tests.Golden;

/// <summary>The folders of golden/models and what can be asked of each.</summary>
internal static class GoldenModels
{
    /// <summary>Folder and part; a model of a kind that has no network here has one part, "model".</summary>
    public static TheoryData<string, string> Parts()
    {
        TheoryData<string, string> data = [];
        string? root = SharedData.TryFind("golden", "models");
        if (root is null)
        {
            data.Add("", "");
            return data;
        }

        foreach (string folder in Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(folder);
            // Tested by what they are for: operations, adapters and sentence encoders.
            if (name is "ops" or "peft" || File.Exists(Path.Combine(folder, "modules.json")))
            {
                continue;
            }

            foreach (string part in PartsOf(folder))
            {
                data.Add(name, part);
            }
        }

        return data;
    }

    public static string Folder(string name) => SharedData.Require("golden", "models", name);

    public static JsonElement Case(string folder) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "case.json"))).RootElement;

    public static ITensorFile OpenWeights(string folder)
    {
        string index = Path.Combine(folder, "model.safetensors.index.json");
        return File.Exists(index)
            ? ShardedSafetensors.Open(index)
            : SafetensorsFile.Open(Path.Combine(folder, "model.safetensors"));
    }

    private static List<string> PartsOf(string folder)
    {
        string configPath = Path.Combine(folder, "config.json");
        string expectedPath = Path.Combine(folder, "expected.safetensors");
        if (!File.Exists(configPath) || !File.Exists(expectedPath))
        {
            return ["model"];
        }

        ModelConfig config = ModelConfig.Load(configPath);
        string type = config.FindString("model_type") ?? "";
        string architecture = config.FindStrings("architectures").FirstOrDefault() ?? "";
        using GoldenTensors expected = new(expectedPath);
        List<string> parts = [];
        void AddIf(string part, bool there)
        {
            if (there)
            {
                parts.Add(part);
            }
        }

        if (type == "llama" && architecture == "LlamaForCausalLM")
        {
            AddIf("hidden", expected.Names.Any(tensor => tensor.StartsWith("hidden_", StringComparison.Ordinal)));
            AddIf("logits", expected.Has("logits"));
            AddIf("chunks", expected.Has("logits") && Case(folder).TryGetProperty("kv_cache_chunks", out _));
            AddIf("greedy", expected.Has("greedy_ids"));
            AddIf("greedy_eos", expected.Has("greedy_eos_ids"));
            AddIf("beam", expected.Has("beam_ids"));
        }
        else if (type == "bert" && architecture.StartsWith("Bert", StringComparison.Ordinal) && !config.GetBoolean("is_decoder", false))
        {
            AddIf("hidden", expected.Names.Any(tensor => tensor.StartsWith("hidden_", StringComparison.Ordinal)));
            AddIf("head", true);
        }
        else
        {
            parts.Add("model");
        }

        return parts;
    }
}
