namespace LlmPlatform.Training.Optimization;

/// <summary>A parameter that is trained. Of one in half precision a copy in float32 is what the optimizer changes.</summary>
public sealed class TrainedParameter : IDisposable
{
    private readonly Tensor _parameter;
    private readonly Tensor? _master;

    /// <summary>Makes it wanting gradients.</summary>
    /// <param name="name">Its name in the file of weights.</param>
    /// <param name="parameter">Not owned.</param>
    /// <param name="decays">Whether weight decay counts for it.</param>
    public TrainedParameter(string name, Tensor parameter, bool decays)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        (Name, _parameter, Decays) = (name, parameter, decays);
        parameter.requires_grad = true;
        using IDisposable noGrad = no_grad();
        bool half = parameter.dtype is ScalarType.BFloat16 or ScalarType.Float16;
        _master = half ? parameter.to(ScalarType.Float32).DetachFromDisposeScope() : null;
        FirstMoment = zeros_like(Values).DetachFromDisposeScope();
        SecondMoment = zeros_like(Values).DetachFromDisposeScope();
    }

    /// <summary>Its name in the file of weights.</summary>
    public string Name { get; }

    /// <summary>Whether weight decay counts for it.</summary>
    public bool Decays { get; }

    /// <summary>What the optimizer changes: the parameter, or its copy in float32.</summary>
    public Tensor Values => _master ?? _parameter;

    /// <summary>Its gradient; null where nothing was computed.</summary>
    public Tensor? Gradient => _parameter.grad;

    /// <summary>AdamW's running mean of gradients (<c>exp_avg</c>).</summary>
    public Tensor FirstMoment { get; }

    /// <summary>AdamW's running mean of squared gradients (<c>exp_avg_sq</c>).</summary>
    public Tensor SecondMoment { get; }

    /// <summary>Takes over what the optimizer changed.</summary>
    public void Publish()
    {
        if (_master is not null)
        {
            _parameter.copy_(_master);
        }
    }

    /// <summary>Forgets the gradient.</summary>
    public void ClearGradient()
    {
        if (_parameter.grad is { } gradient)
        {
            gradient.Dispose();
            _parameter.grad = null;
        }
    }

    /// <summary>Frees the optimizer's tensors.</summary>
    public void Dispose()
    {
        _master?.Dispose();
        FirstMoment.Dispose();
        SecondMoment.Dispose();
    }
}
