using System.Text.Json;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Testing;

namespace LlmPlatform.Inference.Tests.Golden;

/// <summary>
/// Adapters as PEFT saves them, over small random models: logits with the adapter, without, and with it worked into the
/// weights. Bases of kinds that have no network here are left out with the reason that their own folder has.
/// </summary>
[Trait("Category", "Golden")]
public sealed class AdapterGoldenTests
{
    public static TheoryData<string, string> Parts()
    {
        TheoryData<string, string> data = [];
        string? root = SharedData.TryFind("golden", "models", "peft");
        if (root is null)
        {
            data.Add("", "");
            return data;
        }

        foreach (string folder in Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(folder);
            JsonElement golden = GoldenModels.Case(folder);
            if (Reason(golden.GetProperty("base").GetString()!) is not null)
            {
                data.Add(name, "model");
                continue;
            }

            foreach (JsonElement adapter in golden.GetProperty("adapters").EnumerateArray())
            {
                data.Add(name, $"active {adapter.GetString()}");
                data.Add(name, $"invariant {adapter.GetString()}");
            }

            data.Add(name, "disabled");
            data.Add(name, "merged");
            if (golden.TryGetProperty("combine", out _))
            {
                data.Add(name, "combined");
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Parts))]
    public async Task Adapter_gives_the_reference_outputs(string name, string part)
    {
        string folder = SharedData.Require("golden", "models", "peft", name);
        string? missing = Reason(GoldenModels.Case(folder).GetProperty("base").GetString()!) ?? GoldenCoverage.MissingFeature($"models/peft/{name}/{part}");
        GoldenCoverage.Count("models/peft", missing is not null);
        if (missing is not null)
        {
            Assert.Skip(missing);
        }

        string[] words = part.Split(' ', 2);
        switch (words[0])
        {
            case "active": AdapterCase.CheckLogits(folder, words[1]); break;
            case "invariant": AdapterCase.CheckInvariance(folder, words[1]); break;
            case "disabled": AdapterCase.CheckLogits(folder, null); break;
            case "merged": await AdapterCase.CheckMergedAsync(folder, TestContext.Current.CancellationToken); break;
            default: Assert.Fail($"nothing here gives {part}"); break;
        }
    }

    // Only llama models are generated with; the base's own folder says why the others are not there.
    private static string? Reason(string baseName)
    {
        ModelConfig config = ModelConfig.Load(Path.Combine(GoldenModels.Folder(baseName), "config.json"));
        string type = config.GetString("model_type");
        return type == "llama" ? null
            : GoldenCoverage.MissingFeature($"models/{baseName}/model") ?? $"adapters are for text generation; the base's model_type is {type}";
    }
}
