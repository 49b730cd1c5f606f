using LlmPlatform.Modeling;
using LlmPlatform.Training.Data;

namespace LlmPlatform.Training.Objectives;

/// <summary>Texts as vectors.</summary>
internal static class SentenceInput
{
    /// <summary>[rows, dimensions], at least float32.</summary>
    public static Tensor Vectors(SentenceEmbeddingModel model, PaddedIds texts)
    {
        long[] shape = [texts.Rows, texts.Length];
        Tensor vectors = model.Forward(new ModelInput(tensor(texts.InputIds, shape), tensor(texts.AttentionMask, shape)));
        return vectors.dtype == ScalarType.Float64 ? vectors : vectors.to(ScalarType.Float32);
    }
}
