using System.Text.Json.Nodes;
using LlmPlatform.Testing;
using LlmPlatform.Training.Optimization;

namespace LlmPlatform.Training.Tests.Golden;

[Trait("Category", "Golden")]
public sealed class OptimizerGoldenTests
{
    public static TheoryData<int, string> Optimizers => Reference.Cases("trajectories", "optimizers.json", test => $"{test["optimizer"]} {test["options"]!.ToJsonString()}");

    public static TheoryData<int, string> Schedules => Reference.Cases("trajectories", "schedules.json", test => $"{test["name"]} {test["options"]!.ToJsonString()}");

    public static TheoryData<int, string> Norms => Reference.Cases("trajectories", "clip_grad_norm.json", test => $"{test["max_norm"]} {test["norm_type"]}");

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Parameters_and_state_are_torchs(int number, string name)
    {
        Assert.NotEmpty(name);
        JsonNode file = Reference.Read("trajectories", "optimizers.json");
        JsonNode test = file["cases"]![number]!;
        JsonObject options = test["options"]!.AsObject();
        double decay = (double?)options["weight_decay"] ?? 0;
        bool adamW = (string)test["optimizer"]! == "AdamW" || ((string)test["optimizer"]! == "Adam" && decay == 0);
        if (!adamW || options.ContainsKey("amsgrad"))
        {
            Reference.Skip(Reference.Trajectories, $"optimizer: {name}");
        }

        GoldenCoverage.Count(Reference.Trajectories, skipped: false);
        string[] names = [.. file["initial"]!.AsObject().Select(pair => pair.Key)];
        TrainedParameter[] parameters = [.. names.Select(key => new TrainedParameter(key, Reference.Tensor(file["initial"]![key]), decays: true))];
        double[] betas = options["betas"] is { } given ? Reference.Flat(given) : [0.9, 0.999];
        AdamW optimizer = new(parameters, new AdamWOptions(betas[0], betas[1], (double?)options["eps"] ?? 1e-8, decay));
        int[] shown = [.. Reference.Ids(test["steps_shown"]).Select(step => (int)step)];
        for (int step = 1; step <= shown[^1]; step++)
        {
            foreach (TrainedParameter parameter in parameters)
            {
                parameter.Values.grad = Reference.Tensor(file["gradients"]![step - 1]![parameter.Name]);
            }

            using (torch.NewDisposeScope())
            {
                optimizer.Step((double)options["lr"]!);
            }

            int at = Array.IndexOf(shown, step);
            foreach (TrainedParameter parameter in at < 0 ? [] : parameters)
            {
                Reference.Close(test["params_after_step"]![at]![parameter.Name], parameter.Values, 1e-6, 1e-7);
            }
        }

        foreach (TrainedParameter parameter in parameters)
        {
            Reference.Close(test["final_state"]![parameter.Name]!["exp_avg"], parameter.FirstMoment);
            Reference.Close(test["final_state"]![parameter.Name]!["exp_avg_sq"], parameter.SecondMoment);
        }
    }

    [Theory]
    [MemberData(nameof(Schedules))]
    public void Rates_are_those_of_transformers(int number, string name)
    {
        JsonNode test = Reference.Read("trajectories", "schedules.json")["cases"]![number]!;
        string type = (string)test["name"]!;
        if (!LearningRateSchedule.Types.Contains(type) || test["options"]!.AsObject().Count > 0)
        {
            Reference.Skip(Reference.Trajectories, $"schedule: {name}");
        }

        GoldenCoverage.Count(Reference.Trajectories, skipped: false);
        LearningRateSchedule schedule = new(type, (double)test["base_lr"]!, (long)test["num_warmup_steps"]!, (long)test["num_training_steps"]!);
        double[] expected = Reference.Flat(test["lr_at_step"]);
        Reference.Close(expected, [.. expected.Select((_, step) => schedule.At(step))], 1e-12, 1e-15);
    }

    [Theory]
    [MemberData(nameof(Norms))]
    public void Gradients_are_scaled_down_as_torch_does(int number, string name)
    {
        JsonNode file = Reference.Read("trajectories", "clip_grad_norm.json");
        JsonNode test = file["cases"]![number]!;
        if (test["norm_type"]!.GetValueKind() != System.Text.Json.JsonValueKind.Number || (double)test["norm_type"]! != 2)
        {
            Reference.Skip(Reference.Trajectories, $"norms other than the 2-norm: {name}");
        }

        GoldenCoverage.Count(Reference.Trajectories, skipped: false);
        List<TrainedParameter> parameters = [];
        foreach (JsonNode? gradient in file["gradients"]!.AsArray())
        {
            torch.Tensor values = torch.zeros(Reference.Shape(gradient));
            parameters.Add(new TrainedParameter("weight", values, decays: false));
            values.grad = Reference.Tensor(gradient);
        }

        double norm = GradientNorm.Of(parameters);
        Reference.Close((double)test["total_norm"]!, norm, 1e-6, 0, "norm");
        double scale = GradientNorm.Scale(norm, (double)test["max_norm"]!);
        for (int i = 0; i < parameters.Count; i++)
        {
            Reference.Close(test["clipped"]![i], parameters[i].Gradient! * scale, 1e-5, 1e-7);
        }
    }
}
