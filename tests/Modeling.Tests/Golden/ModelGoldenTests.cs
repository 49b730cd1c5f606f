using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Testing;

namespace LlmPlatform.Modeling.Tests.Golden;

/// <summary>
/// Small random llama and bert models against transformers: every folder, every part of it. Tolerance 2e-4 absolute and
/// 1e-4 relative; gradients 1e-3 of the largest, their norms 1e-4; chosen ids must be equal.
/// </summary>
[Trait("Category", "Golden")]
public sealed class ModelGoldenTests
{
    public static TheoryData<string, string> Parts => GoldenModels.Parts();

    [Theory]
    [MemberData(nameof(Parts))]
    public void Network_gives_the_reference_outputs(string folder, string part)
    {
        string path = SharedData.Require("golden", "models", folder);
        GoldenModels.RunOrSkip(Missing(ModelConfig.Load(Path.Combine(path, "config.json")), part));
        using ModelCase model = new(path);
        switch (part)
        {
            case "hidden": model.CheckHidden(); break;
            case "attentions": model.CheckAttentions(); break;
            case "outputs": model.CheckOutputs(); break;
            case "loss": model.CheckLoss(); break;
            case "gradients": model.CheckGradients(); break;
            case "left": model.CheckLeft(); break;
            case "mid_pad": model.CheckUnmasked("mid_pad_ids", "mid_pad_logits"); break;
            case "no_mask": model.CheckUnmasked("input_ids", "no_mask_logits"); break;
            case "greedy" or "greedy_eos": model.CheckGreedy(part); break;
            default: Assert.Fail($"no network here has a {part}"); break;
        }
    }

    /// <summary>What the networks for training leave out by its kind; null for what is compared.</summary>
    private static string? Missing(ModelConfig config, string part)
    {
        if (config.GetBoolean("is_decoder", false))
        {
            return "BERT with a causal mask";
        }

        return part switch
        {
            "chunks" => "the networks for training have no cache (the C# engine does)",
            "beam" => "beam search",
            "greedy" or "greedy_eos" when RopeParameters.From(config).RopeType is RopeType.Dynamic or RopeType.LongRope =>
                "frequencies that depend on the length of a call: cached keys keep theirs, and the networks for training have no cache",
            _ => null,
        };
    }
}
