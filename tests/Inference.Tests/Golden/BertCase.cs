using LlmPlatform.Hub;
using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Inference.Encoders;
using LlmPlatform.Inference.Kernels;

namespace LlmPlatform.Inference.Tests.Golden;

/// <summary>A folder of golden/models with a BERT encoder.</summary>
internal static class BertCase
{
    public static void CheckHidden(string folder)
    {
        using GoldenTensors inputs = new(Path.Combine(folder, "inputs.safetensors"));
        using GoldenTensors expected = new(Path.Combine(folder, "expected.safetensors"));
        BertConfig config = BertConfig.From(ModelConfig.Load(Path.Combine(folder, "config.json")));
        using ITensorFile weights = ModelFolder.Open(folder).OpenWeights();
        int[][] ids = inputs.Rows("input_ids", "attention_mask");
        int[][]? types = inputs.Has("token_type_ids") ? inputs.Rows("token_type_ids", "attention_mask") : null;
        int[] mask = inputs.Ints("attention_mask");
        foreach (KernelSet kernels in KernelSet.Supported)
        {
            Activation activation = Activations.Parse(config.HiddenAct, folder);
            using BertEncoder encoder = new(config, new BertWeights(config, weights), kernels, 2, activation);
            int compared = 0;
            encoder.HiddenObserver = (index, hidden, count) =>
            {
                if (expected.Has($"hidden_{index}"))
                {
                    LlamaCase.CheckRows(expected.Floats($"hidden_{index}"), mask, hidden, count, $"{kernels.Name} hidden_{index}");
                    compared++;
                }
            };
            encoder.Forward(ids, types);
            Assert.Equal(expected.Names.Count(name => name.StartsWith("hidden_", StringComparison.Ordinal)), compared);
        }
    }
}
