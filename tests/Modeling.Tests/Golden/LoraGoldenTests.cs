using System.Text.Json;
using LlmPlatform.Hub;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Modeling.Lora;
using LlmPlatform.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace LlmPlatform.Modeling.Tests.Golden;

/// <summary>Adapters that PEFT saved: active, off, merged, gradients, and saved again.</summary>
[Trait("Category", "Golden")]
public sealed class LoraGoldenTests
{
    private const string Coverage = "models/peft (torch)";

    /// <summary>Folder and adapter.</summary>
    public static TheoryData<string, string> Adapters
    {
        get
        {
            TheoryData<string, string> data = [];
            string? root = SharedData.TryFind("golden", "models", "peft");
            foreach (string folder in root is null ? Enumerable.Empty<string>() : Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal))
            {
                foreach (JsonElement adapter in GoldenModels.Case(folder).GetProperty("adapters").EnumerateArray())
                {
                    data.Add(Path.GetFileName(folder), adapter.GetString()!);
                }
            }

            return GoldenModels.OrNothing(data);
        }
    }

    [Theory]
    [MemberData(nameof(Adapters))]
    public void Adapter_gives_the_reference_outputs(string folder, string adapter)
    {
        string path = SharedData.Require("golden", "models", "peft", folder);
        JsonElement golden = GoldenModels.Case(path);
        string basePath = SharedData.Require("golden", "models", golden.GetProperty("base").GetString()!);
        string type = ModelConfig.Load(Path.Combine(basePath, "config.json")).GetString("model_type");
        GoldenModels.RunOrSkip(type is "llama" or "bert" ? null : $"network: {type}", Coverage);

        string saved = File.Exists(Path.Combine(path, "adapter_config.json")) && adapter == "default" ? path : Path.Combine(path, adapter);
        using DisposeScope scope = NewDisposeScope();
        using GoldenTensors inputs = new(Path.Combine(path, "inputs.safetensors"));
        using GoldenTensors expected = new(Path.Combine(path, "expected.safetensors"));
        using PreTrainedModel model = AutoModel.FromFolder(ModelFolder.Open(basePath), ScalarType.Float32);
        ModelInput input = new(inputs.Get("input_ids"), inputs.Get("attention_mask"), TokenTypeIds: inputs.Find("token_type_ids"));
        Tensor? mask = model is LanguageModel ? input.AttentionMask : null;
        using LoraModel lora = LoraModel.Load(model, saved);

        Tensor active = Run(model, input);
        Close.AssertAll(expected.Get($"logits_{adapter}"), active, $"logits_{adapter}", mask);
        using (lora.Disable())
        {
            Close.AssertAll(expected.Get("logits_disabled"), Run(model, input), "logits_disabled", mask);
        }

        if (expected.Has($"loss_{adapter}"))
        {
            CheckGradients(golden, adapter, lora, expected, GoldenLoss.Of(model, new() { ["logits"] = active }, inputs));
        }

        string copy = Directory.CreateTempSubdirectory().FullName;
        Blocking.Wait(() => lora.SaveAsync(copy, TestContext.Current.CancellationToken));
        lora.Merge();
        Close.AssertAll(active, Run(model, input), "merged", mask, absolute: 1e-4, relative: 0);
        if (adapter == golden.GetProperty("adapters")[0].GetString())
        {
            CheckMerged(model, expected);
        }

        using PreTrainedModel other = AutoModel.FromFolder(ModelFolder.Open(basePath), ScalarType.Float32);
        using LoraModel again = LoraModel.Load(other, copy);
        Close.AssertAll(active, Run(other, input), "saved and loaded", mask, absolute: 1e-6, relative: 0);
        Directory.Delete(copy, recursive: true);
    }

    private static Tensor Run(PreTrainedModel model, ModelInput input) =>
        model is LanguageModel language ? language.Forward(input) : ((ClassificationModel)model).Forward(input);

    private static void CheckMerged(PreTrainedModel model, GoldenTensors expected)
    {
        Dictionary<string, TorchSharp.Modules.Parameter> parameters = model.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter);
        foreach (string name in expected.Names.Where(name => name.StartsWith("merged.", StringComparison.Ordinal)))
        {
            Close.AssertAll(expected.Get(name), parameters[name["merged.".Length..]], name, absolute: 1e-5, relative: 1e-5);
        }
    }

    private static void CheckGradients(JsonElement golden, string adapter, LoraModel lora, GoldenTensors expected, Tensor loss)
    {
        Assert.Equal(expected.Get($"loss_{adapter}").item<float>(), loss.item<float>(), 1e-4);
        loss.backward();
        JsonElement gradients = golden.GetProperty("gradients");
        double global = gradients.GetProperty("global_norm").GetDouble();
        Dictionary<string, Tensor?> actual = lora.NamedParameters().ToDictionary(pair => pair.Name, pair => pair.Parameter.grad);
        Dictionary<string, double> norms = gradients.GetProperty("norm_of_each_parameter").EnumerateObject()
            .ToDictionary(norm => NameInFile(norm.Name, adapter), norm => norm.Value.GetDouble());
        Assert.Equal(norms.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        foreach ((string name, double norm) in norms)
        {
            Assert.Equal(norm, actual[name]?.norm().item<float>() ?? 0, (1e-4 * norm) + (1e-6 * global));
        }

        foreach (string name in expected.Names.Where(name => name.StartsWith("grad.", StringComparison.Ordinal)))
        {
            Tensor reference = expected.Get(name);
            double largest = reference.abs().max().item<float>();
            Close.AssertAll(reference, actual[NameInFile(name["grad.".Length..], adapter)]!, name, absolute: (1e-3 * largest) + (1e-6 * global), relative: 0);
        }
    }

    // In memory PEFT puts the adapter's name into that of a parameter.
    private static string NameInFile(string name, string adapter) => name
        .Replace($".modules_to_save.{adapter}.", ".", StringComparison.Ordinal)
        .Replace($"lora_magnitude_vector.{adapter}.weight", "lora_magnitude_vector", StringComparison.Ordinal)
        .Replace($".{adapter}", "", StringComparison.Ordinal);
}
