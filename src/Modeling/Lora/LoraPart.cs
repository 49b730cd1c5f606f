namespace LlmPlatform.Modeling.Lora;

/// <summary>What an adapter does to one module, with its parameters.</summary>
internal abstract class LoraPart(LoraState state, string name) : IDisposable
{
    private readonly List<(string Name, Parameter Parameter)> _parameters = [];

    /// <summary>The module's name in the model.</summary>
    public string Name => name;

    /// <summary>Whether it has an effect now.</summary>
    public bool Enabled => state.Enabled;

    /// <summary>The parameters by their names in PEFT's file behind the module's name, for example <c>lora_A.weight</c>.</summary>
    public IReadOnlyList<(string Name, Parameter Parameter)> Parameters => _parameters;

    protected LoraState State => state;

    /// <summary>First numbers: no effect, by chance where PEFT's are.</summary>
    public abstract void Initialize(Generator generator);

    /// <summary>Works the change into the base's weight.</summary>
    public abstract void Merge();

    /// <summary>Takes it off its module.</summary>
    public abstract void Detach();

    public void Dispose()
    {
        Detach();
        foreach ((_, Parameter parameter) in _parameters)
        {
            parameter.Dispose();
        }
    }

    protected Parameter New(string suffix, ScalarType dtype, params ReadOnlySpan<long> shape)
    {
        Parameter parameter = Layers.EmptyParameter.Of(dtype, shape);
        _parameters.Add((suffix, parameter));
        return parameter;
    }
}
