using System.Text.Json.Nodes;
using LlmPlatform.Inference.Decoders;

namespace LlmPlatform.Platform.Tests.Training;

/// <summary>
/// Log-probabilities of answers by the serving engine: what agrees with the training's own was trained and is served.
/// </summary>
internal sealed class AnswerScorer(ServedModel model)
{
    /// <summary>The log-probability of an answer to a question, with what the template puts behind it.</summary>
    public double Score(JsonArray prompt, JsonArray answer)
    {
        int[] before = model.Ids(prompt, addGenerationPrompt: true);
        int[] all = model.Ids([.. prompt.Concat(answer).Select(message => message!.DeepClone())], addGenerationPrompt: false);
        int start = before.AsSpan().CommonPrefixLength(all);
        float[] logits = new float[model.Engine.VocabularySize];
        using IDecoderSequence sequence = model.Engine.TryOpen(all.Length, 1)!;
        model.Engine.Step([new DecoderInput(sequence, all.AsMemory(0, start), logits)]);
        double sum = LogProbability(logits, all[start]);
        for (int i = start; i + 1 < all.Length; i++)
        {
            model.Engine.Step([new DecoderInput(sequence, all.AsMemory(i, 1), logits)]);
            sum += LogProbability(logits, all[i + 1]);
        }

        return sum;
    }

    private static double LogProbability(float[] logits, int id)
    {
        double most = logits.Max();
        return logits[id] - most - Math.Log(logits.Sum(logit => Math.Exp(logit - most)));
    }
}
