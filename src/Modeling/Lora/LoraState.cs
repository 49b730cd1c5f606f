namespace LlmPlatform.Modeling.Lora;

/// <summary>What all parts of an adapter share.</summary>
internal sealed class LoraState(double dropout, Generator generator)
{
    private int _disabled;

    public bool Enabled => _disabled == 0;

    public void Disable() => _disabled++;

    public void Enable() => _disabled--;

    public bool DropsOut(bool training) => dropout > 0 && training;

    /// <summary>Sets a share of the values to 0 and scales the others up.</summary>
    public Tensor Drop(Tensor input)
    {
        Tensor kept = rand(input.shape, dtype: input.dtype, device: input.device, generator: generator) >= dropout;
        return input * kept / (1 - dropout);
    }
}
