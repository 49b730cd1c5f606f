using System.Text.Json;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Testing;

namespace LlmPlatform.Modeling.Tests.Golden;

/// <summary>The llama and bert folders of golden/models, and what can be asked of each.</summary>
internal static class GoldenModels
{
    public const string Coverage = "models (torch)";

    /// <summary>Folder and part.</summary>
    public static TheoryData<string, string> Parts()
    {
        TheoryData<string, string> data = [];
        foreach (string folder in Folders())
        {
            foreach (string part in PartsOf(folder))
            {
                data.Add(Path.GetFileName(folder), part);
            }
        }

        return OrNothing(data);
    }

    /// <summary>Folders of llama and bert models; those of sentence-transformers are tested by what they are for.</summary>
    public static IEnumerable<string> Folders(bool sentences = false)
    {
        string? root = SharedData.TryFind("golden", "models");
        return root is null ? [] : Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal).Where(folder =>
            ModelConfig.TryLoad(Path.Combine(folder, "config.json"))?.FindString("model_type") is "llama" or "bert"
            && File.Exists(Path.Combine(folder, "modules.json")) == sentences);
    }

    public static TheoryData<string, string> OrNothing(TheoryData<string, string> data)
    {
        if (data.Count == 0)
        {
            data.Add("", "");
        }

        return data;
    }

    public static JsonElement Case(string folder) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "case.json"))).RootElement;

    /// <summary>Skips a case with its reason, or counts it as run.</summary>
    public static void RunOrSkip(string? reason, string coverage = Coverage)
    {
        GoldenCoverage.Count(coverage, reason is not null);
        if (reason is not null)
        {
            Assert.Skip(reason);
        }
    }

    private static List<string> PartsOf(string folder)
    {
        using GoldenTensors expected = new(Path.Combine(folder, "expected.safetensors"));
        using GoldenTensors inputs = new(Path.Combine(folder, "inputs.safetensors"));
        List<string> parts = [];
        void AddIf(string part, bool there)
        {
            if (there)
            {
                parts.Add(part);
            }
        }

        AddIf("hidden", expected.Names.Any(name => name.StartsWith("hidden_", StringComparison.Ordinal)));
        AddIf("attentions", expected.Names.Any(name => name.StartsWith("attentions_", StringComparison.Ordinal)));
        AddIf("outputs", true);
        AddIf("loss", expected.Has("loss"));
        AddIf("gradients", Case(folder).TryGetProperty("gradients", out _));
        AddIf("left", inputs.Has("left_input_ids"));
        AddIf("mid_pad", expected.Has("mid_pad_logits"));
        AddIf("no_mask", expected.Has("no_mask_logits"));
        AddIf("greedy", expected.Has("greedy_ids"));
        AddIf("greedy_eos", expected.Has("greedy_eos_ids"));
        AddIf("beam", expected.Has("beam_ids"));
        AddIf("chunks", Case(folder).TryGetProperty("kv_cache_chunks", out _));
        return parts;
    }
}
