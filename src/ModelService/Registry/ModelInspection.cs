using LlmPlatform.Hub;
using LlmPlatform.Hub.Adapters;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.ServiceDefaults.Errors;
using LlmPlatform.Tokenization;
using ModelTask = LlmPlatform.Contracts.Models.V1.ModelTask;

namespace LlmPlatform.ModelService.Registry;

/// <summary>What a folder's files say about a model, read before it becomes a version: a damaged file is refused here, by name.</summary>
internal sealed record ModelInspection(string ModelType, ModelTask Task, bool HasTokenizer, bool HasChatTemplate, int MaxPositionEmbeddings, string PeftType = "")
{
    /// <param name="folder">The model, or the adapter.</param>
    /// <param name="baseFolder">What the adapter is for; null for a model.</param>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: what is wrong with which file.</exception>
    public static ModelInspection Read(string folder, string? baseFolder = null)
    {
        try
        {
            ModelFolder model = baseFolder is null ? ModelFolder.Open(folder) : ModelFolder.OpenAdapted(baseFolder, folder);
            if (model.UnsupportedReason is { } reason)
            {
                throw RpcErrors.InvalidArgument($"config.json: {reason}");
            }

            using (ITensorFile weights = model.OpenWeights())
            {
                if (weights.Tensors.Count == 0)
                {
                    throw RpcErrors.InvalidArgument($"{Path.GetFileName(weights.Path)}: no tensors, expected the weights of the model");
                }
            }

            CheckAdapter(model);
            if (model.TokenizerPath is { } tokenizer)
            {
                Tokenizer.Load(tokenizer);
            }

            return new ModelInspection(
                model.ModelType,
                ToContract(model.Task),
                model.TokenizerPath is not null,
                model.ChatTemplate is not null,
                model.Config.FindInt32s("max_position_embeddings") is [var positions] ? positions : 0,
                baseFolder is null ? "" : LoraConfig.LoraPeftType);
        }
        catch (Exception exception) when (exception is InvalidModelFileException or InvalidTokenizerException)
        {
            string message = exception.Message.Replace(folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);
            throw RpcErrors.InvalidArgument(baseFolder is null ? message : message.Replace(baseFolder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal));
        }
    }

    // Names and shapes against the base, and every number: one that is not finite would only be seen in the answers.
    private static void CheckAdapter(ModelFolder model)
    {
        using LoraAdapter? adapter = model.OpenAdapter();
        foreach (LoraModule module in adapter?.Modules.Values ?? [])
        {
            adapter!.Read(module);
        }
    }

    private static ModelTask ToContract(Hub.ModelTask? task) => task switch
    {
        Hub.ModelTask.TextGeneration => ModelTask.TextGeneration,
        Hub.ModelTask.SentenceSimilarity => ModelTask.SentenceSimilarity,
        Hub.ModelTask.FeatureExtraction => ModelTask.FeatureExtraction,
        _ => ModelTask.Unspecified,
    };
}
