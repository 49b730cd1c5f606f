using LlmPlatform.Testing;

namespace LlmPlatform.Inference.Tests.Golden;

/// <summary>
/// Small random models against transformers: every folder, every part of it. Tolerance 2e-4 absolute and 1e-4 relative;
/// chosen ids must be equal.
/// </summary>
[Trait("Category", "Golden")]
public sealed class ModelGoldenTests
{
    public static TheoryData<string, string> Parts => GoldenModels.Parts();

    [Theory]
    [MemberData(nameof(Parts))]
    public void Model_gives_the_reference_outputs(string folder, string part)
    {
        if (folder.Length == 0)
        {
            SharedData.Require("golden", "models");
        }

        string? missing = GoldenCoverage.MissingFeature($"models/{folder}/{part}");
        GoldenCoverage.Count("models (networks)", missing is not null);
        if (missing is not null)
        {
            Assert.Skip(missing);
        }

        string path = GoldenModels.Folder(folder);
        switch (part)
        {
            case "hidden" when folder.StartsWith("bert", StringComparison.Ordinal): BertCase.CheckHidden(path); break;
            case "hidden": LlamaCase.CheckHidden(path); break;
            case "logits": LlamaCase.CheckLogits(path); break;
            case "chunks": LlamaCase.CheckChunks(path); break;
            case "greedy": LlamaCase.CheckGreedy(path, "greedy"); break;
            case "greedy_eos": LlamaCase.CheckGreedy(path, "greedy_eos"); break;
            default: Assert.Fail($"no network here has a {part}"); break;
        }
    }
}
