using LlmPlatform.Hub;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace LlmPlatform.Modeling.Tests.Golden;

/// <summary>Small random sentence-transformers folders, from their tokenized batches.</summary>
[Trait("Category", "Golden")]
public sealed class SentenceGoldenTests
{
    private const string Coverage = "models/st (torch)";

    /// <summary>Folder and tensor.</summary>
    public static TheoryData<string, string> Cases
    {
        get
        {
            TheoryData<string, string> data = [];
            foreach (string folder in GoldenModels.Folders(sentences: true))
            {
                using GoldenTensors expected = new(Path.Combine(folder, "expected.safetensors"));
                foreach (string name in expected.Names)
                {
                    data.Add(Path.GetFileName(folder), name);
                }
            }

            return GoldenModels.OrNothing(data);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Vectors_and_scores_are_those_of_the_reference(string folder, string name)
    {
        string path = SharedData.Require("golden", "models", folder);
        GoldenModels.RunOrSkip(name is "embeddings_with_prompt" ? "its batch is not in the folder" : null, Coverage);
        using DisposeScope scope = NewDisposeScope();
        using GoldenTensors inputs = new(Path.Combine(path, "inputs.safetensors"));
        using GoldenTensors expected = new(Path.Combine(path, "expected.safetensors"));
        Tensor mask = inputs.Get("attention_mask");
        ModelInput input = new(inputs.Get("input_ids"), mask, TokenTypeIds: inputs.Find("token_type_ids"));
        if (name.StartsWith("scores_", StringComparison.Ordinal))
        {
            using ClassificationModel scorer = AutoModelForSequenceClassification.FromFolder(ModelFolder.Open(path), ScalarType.Float32);
            Tensor scores = scorer.Forward(input).squeeze(-1);
            Close.AssertAll(expected.Get(name), name == "scores_raw" ? scores : scores.sigmoid(), name);
            return;
        }

        using SentenceEmbeddingModel model = AutoModelForSentenceEmbedding.FromFolder(ModelFolder.Open(path), ScalarType.Float32);
        if (name == "token_embeddings")
        {
            Tensor first = model.Body.Forward(input).LastHiddenState[0][mask[0] != 0];
            Close.AssertAll(expected.Get(name), first, name);
            return;
        }

        Tensor vectors = model.Forward(input);
        Tensor normalized = nn.functional.normalize(vectors, dim: 1);
        Tensor actual = name switch
        {
            "embeddings_normalized" => normalized,
            "embeddings_truncated" => vectors.narrow(1, 0, GoldenModels.Case(path).GetProperty("truncate_dim").GetInt32()),
            "similarity" when Similarity(path) == "dot" => vectors.matmul(vectors.t()),
            "similarity" => normalized.matmul(normalized.t()),
            _ => vectors,
        };
        Close.AssertAll(expected.Get(name), actual, name);
    }

    private static string Similarity(string path) =>
        ModelConfig.TryLoad(Path.Combine(path, "config_sentence_transformers.json"))?.FindString("similarity_fn_name") ?? "cosine";
}
