using System.Text.Json;
using LlmPlatform.Hub;
using LlmPlatform.Hub.Adapters;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Modeling.Layers;
using LlmPlatform.Modeling.Weights;
using TorchSharp;

namespace LlmPlatform.Modeling.Lora;

/// <summary>
/// A low-rank adapter on a model, in PEFT's layout. Putting it on freezes the model: only the adapter's parameters want
/// gradients. They are not among the model's own (<c>named_parameters</c>), but here.
/// </summary>
public sealed class LoraModel : IDisposable
{
    private const string Prefix = "base_model.model.";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly List<LoraPart> _parts = [];
    private readonly LoraState _state;

    private LoraModel(PreTrainedModel model, LoraSettings settings, long seed)
    {
        Model = model;
        Settings = LoraTargets.WrittenOut(model, settings);
        Generator = new Generator((ulong)seed);
        _state = new LoraState(settings.LoraDropout, Generator);
    }

    /// <summary>What the adapter is on.</summary>
    public PreTrainedModel Model { get; }

    /// <summary>The settings, <c>all-linear</c> written out.</summary>
    public LoraSettings Settings { get; }

    /// <summary>Where dropout draws from: its state belongs in a checkpoint.</summary>
    public Generator Generator { get; }

    /// <summary>Puts a new adapter on a model. It has no effect yet; the same seed gives the same first numbers.</summary>
    /// <param name="model">Frozen by this.</param>
    /// <param name="settings">The adapter.</param>
    /// <param name="seed">Of first numbers and dropout; the global generator is not touched.</param>
    /// <exception cref="LoraException">The targets match nothing, or something that cannot be adapted.</exception>
    /// <exception cref="InvalidModelFileException">A setting is wrong.</exception>
    public static LoraModel Attach(PreTrainedModel model, LoraSettings settings, long seed) =>
        Build(model, settings, seed, adapter => adapter._parts.ForEach(part => part.Initialize(adapter.Generator)));

    /// <summary>Puts a saved adapter on a model.</summary>
    /// <param name="model">Frozen by this.</param>
    /// <param name="folder">adapter_config.json and adapter_model.safetensors.</param>
    /// <param name="seed">Of dropout.</param>
    /// <exception cref="InvalidModelFileException">A file is missing or wrong, or does not fit the model.</exception>
    /// <exception cref="LoraException">The targets match nothing, or something that cannot be adapted.</exception>
    public static LoraModel Load(PreTrainedModel model, string folder, long seed = 0)
    {
        LoraSettings settings = LoraSettings.From(ModelConfig.Load(Path.Combine(folder, LoraConfig.FileName)));
        return Build(model, settings, seed, adapter => adapter.Read(Path.Combine(folder, LoraConfig.WeightsFileName)));
    }

    /// <summary>The adapter's parameters by their names in PEFT's file.</summary>
    public IEnumerable<(string Name, Parameter Parameter)> NamedParameters() =>
        _parts.SelectMany(part => part.Parameters.Select(pair => ($"{Prefix}{part.Name}.{pair.Name}", pair.Parameter)));

    /// <summary>Writes adapter_config.json and adapter_model.safetensors.</summary>
    /// <param name="folder">Made where it is not there; files of the same names are replaced.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    public async Task SaveAsync(string folder, CancellationToken cancellationToken = default)
    {
        Directory.CreateDirectory(folder);
        ScalarType dtype = AdapterDtype(Model);
        await ModelWriter.WriteTensorsAsync(
            Path.Combine(folder, LoraConfig.WeightsFileName), NamedParameters().Concat(EmbeddingWeights()), dtype, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, LoraConfig.FileName), Settings.ToJson().ToJsonString(Indented), cancellationToken);
    }

    /// <summary>Works the adapter into the model's weights, in their dtype, and takes it off. The adapter is disposed of.</summary>
    /// <exception cref="LoraException">A weight is tied to another or has no place for the adapter's bias.</exception>
    public void Merge()
    {
        _parts.ForEach(part => part.Merge());
        Dispose();
    }

    /// <summary>Takes the adapter's effect away until the result is disposed of: the base alone.</summary>
    public IDisposable Disable()
    {
        _state.Disable();
        return new Enabling(_state);
    }

    /// <summary>Takes the adapter off the model, which stays frozen.</summary>
    public void Dispose()
    {
        _parts.ForEach(part => part.Dispose());
        _parts.Clear();
        Generator.Dispose();
    }

    // PEFT keeps adapters of half-precision bases in float32.
    private static ScalarType AdapterDtype(PreTrainedModel model) =>
        model.Dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    private static LoraModel Build(PreTrainedModel model, LoraSettings settings, long seed, Action<LoraModel> fill)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(settings);
        LoraModel adapter = new(model, settings, seed);
        try
        {
            adapter.PutOn();
            fill(adapter);
            return adapter;
        }
        catch
        {
            adapter.Dispose();
            throw;
        }
    }

    private void PutOn()
    {
        ScalarType dtype = AdapterDtype(Model);
        List<LoraTarget> targets = LoraTargets.Find(Model, Settings);
        if (targets.FirstOrDefault(target => target.Module is LinearLayer { Adapter: not null } or EmbeddingLayer { Adapter: not null }) is { } taken)
        {
            throw new LoraException($"{taken.Name} has an adapter already");
        }

        foreach (Parameter parameter in Model.parameters())
        {
            parameter.requires_grad = false;
        }

        foreach (LoraTarget target in targets)
        {
            _parts.Add(target.Module is LinearLayer
                ? new LinearLora(_state, target, Settings, dtype)
                : new EmbeddingLora(_state, target, Settings, dtype));
        }

        foreach ((string name, LinearLayer layer) in LoraTargets.FindSaved(Model, Settings))
        {
            _parts.Add(new SavedLinear(_state, name, layer, dtype));
        }
    }

    private void Read(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        (string Name, Parameter Parameter)[] all = [.. NamedParameters(), .. EmbeddingWeights().Where(pair => file.Tensors.ContainsKey(pair.Name))];
        foreach ((string name, Parameter parameter) in all)
        {
            WeightReader.Fill(parameter, file, file.Require(name, parameter.shape));
        }

        string? other = file.Tensors.Keys.Except(all.Select(pair => pair.Name)).Order(StringComparer.Ordinal).FirstOrDefault();
        if (other is not null)
        {
            throw new InvalidModelFileException(path, "tensor", other, "only tensors of modules that the model has and adapter_config.json targets");
        }
    }

    // PEFT keeps the tables of adapted embeddings and output layers beside the adapter, as their size may have changed.
    private IEnumerable<(string Name, Parameter Parameter)> EmbeddingWeights() => Model.named_parameters()
        .Where(pair => _parts.Any(part => part is not SavedLinear && pair.name == part.Name + ".weight"
            && part.Name[(part.Name.LastIndexOf('.') + 1)..] is "embed_tokens" or "lm_head"))
        .Select(pair => ($"{Prefix}{pair.name[..^".weight".Length]}.base_layer.weight", pair.parameter));

    private sealed class Enabling(LoraState state) : IDisposable
    {
        private bool _done;

        public void Dispose()
        {
            if (!_done)
            {
                _done = true;
                state.Enable();
            }
        }
    }
}
