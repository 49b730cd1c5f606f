using TorchSharp;

namespace LlmPlatform.Training.Optimization;

/// <summary>
/// AdamW (https://arxiv.org/abs/1711.05101) with torch's order of operations. Its state is nothing but the moments of each
/// parameter and the number of steps, so that a checkpoint holds all of it.
/// </summary>
public sealed class AdamW(IReadOnlyList<TrainedParameter> parameters, AdamWOptions options)
{
    /// <summary>Steps done.</summary>
    public long Steps { get; set; }

    /// <summary>Changes every parameter that has a gradient. The caller is in a dispose scope.</summary>
    /// <param name="learningRate">Of this step.</param>
    /// <param name="gradientScale">Gradients count times this (clipping).</param>
    public void Step(double learningRate, double gradientScale = 1)
    {
        using IDisposable noGrad = no_grad();
        Steps++;
        double firstCorrection = 1 - Math.Pow(options.Beta1, Steps);
        double secondCorrection = Math.Sqrt(1 - Math.Pow(options.Beta2, Steps));
        foreach (TrainedParameter parameter in parameters)
        {
            if (parameter.Gradient is not { } gradient)
            {
                continue;
            }

            using DisposeScope scope = NewDisposeScope();
            Tensor scaled = gradient.to(parameter.Values.dtype);
            scaled = gradientScale == 1 ? scaled : scaled * gradientScale;
            if (parameter.Decays && options.WeightDecay != 0)
            {
                parameter.Values.mul_(1 - (learningRate * options.WeightDecay));
            }

            parameter.FirstMoment.lerp_(scaled, 1 - options.Beta1);
            parameter.SecondMoment.mul_(options.Beta2).addcmul_(scaled, scaled, 1 - options.Beta2);
            Tensor denominator = (parameter.SecondMoment.sqrt() / secondCorrection).add_(options.Epsilon);
            parameter.Values.addcdiv_(parameter.FirstMoment, denominator, -(learningRate / firstCorrection));
            parameter.Publish();
        }
    }
}
