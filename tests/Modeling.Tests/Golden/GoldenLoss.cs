using LlmPlatform.Modeling.Heads;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace LlmPlatform.Modeling.Tests.Golden;

/// <summary>The losses of transformers' models by their kind.</summary>
internal static class GoldenLoss
{
    public static Tensor Of(PreTrainedModel model, Dictionary<string, Tensor> outputs, GoldenTensors inputs)
    {
        switch (model)
        {
            case EncoderModel:
                return (outputs["last_hidden_state"] * inputs.Get("probe")).mean();
            case CausalLanguageModel:
                // Scores of a token against the id after it.
                Tensor logits = outputs["logits"];
                long length = logits.shape[1];
                return Classes(logits.narrow(1, 0, length - 1), inputs.Get("labels").narrow(1, 1, length - 1));
            case BertForMaskedLM { Architecture: BertForMaskedLM.WithRelationship }:
                return Classes(outputs["prediction_logits"], inputs.Get("labels"))
                    + Classes(outputs["seq_relationship_logits"], inputs.Get("next_sentence_label"));
            case BertForQuestionAnswering:
                return (Place(outputs["start_logits"], inputs.Get("start_positions")) + Place(outputs["end_logits"], inputs.Get("end_positions"))) / 2;
            default:
                return OfProblem(model.Config.FindString("problem_type"), outputs["logits"], inputs.Get("labels"));
        }
    }

    private static Tensor OfProblem(string? problem, Tensor logits, Tensor labels) => problem switch
    {
        "regression" => mse_loss(logits.squeeze(), labels.squeeze()),
        "multi_label_classification" => binary_cross_entropy_with_logits(logits, labels),
        _ => Classes(logits, labels),
    };

    // Places behind the text do not count.
    private static Tensor Place(Tensor logits, Tensor places) =>
        cross_entropy(logits, places.clamp(0, logits.shape[1]), ignore_index: logits.shape[1]);

    private static Tensor Classes(Tensor logits, Tensor labels) =>
        cross_entropy(logits.reshape(-1, logits.shape[^1]), labels.reshape(-1), ignore_index: -100);
}
