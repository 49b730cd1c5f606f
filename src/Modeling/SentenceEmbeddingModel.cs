using LlmPlatform.Hub.Configuration;
using LlmPlatform.Hub.SentenceTransformers;
using LlmPlatform.Modeling.Bodies;
using LlmPlatform.Modeling.Heads;
using LlmPlatform.Modeling.Layers;
using TorchSharp;
using TorchSharp.Utils;

namespace LlmPlatform.Modeling;

/// <summary>
/// A body whose token vectors become one vector a text: pooling, then dense layers and normalisation as the files of
/// sentence-transformers say. Without such files: the mean of the tokens.
/// </summary>
public sealed class SentenceEmbeddingModel : PreTrainedModel
{
    [ComponentName(Name = "body")]
    private readonly BertBody _body;

    private readonly SentenceTransformersConfig? _sentences;
    private readonly List<(SentenceModule Module, SentenceDense Dense)> _dense = [];

    /// <summary>A model without numbers; <paramref name="folder"/> is where the modules' folders are.</summary>
    /// <exception cref="Hub.InvalidModelFileException">A configuration is wrong or asks for what is not known.</exception>
    internal SentenceEmbeddingModel(ModelConfig config, SentenceTransformersConfig? sentences, string? folder, ScalarType dtype)
        : base(nameof(SentenceEmbeddingModel), config)
    {
        _sentences = sentences;
        _body = new BertBody(config, pooler: false, dtype);
        foreach (SentenceModule module in sentences?.Modules.Where(module => module.Type == "Dense") ?? [])
        {
            _dense.Add((module, new SentenceDense(ModelConfig.Load(Path.Combine(folder!, module.Path, "config.json")), dtype)));
        }

        RegisterComponents();
        foreach ((SentenceModule module, SentenceDense dense) in _dense)
        {
            register_module(module.Path.Replace('/', '_'), dense);
        }
    }

    /// <inheritdoc/>
    public override ModelBody Body => _body;

    /// <inheritdoc/>
    public override string Architecture => "BertModel";

    internal override string BodyPrefix => "bert";

    internal override LinearLayer? OutputLayer => null;

    /// <summary>The dense layers with their folders below the model's.</summary>
    internal IEnumerable<(string Folder, SentenceDense Dense)> DenseLayers => _dense.Select(pair => (pair.Module.Path, pair.Dense));

    /// <summary>Where the body lies below the model's folder; empty for the folder itself.</summary>
    internal string BodyFolder => _sentences?.Modules.FirstOrDefault(module => module.Type == "Transformer")?.Path ?? "";

    /// <summary>Vectors [batch, dimensions].</summary>
    public Tensor Forward(ModelInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        Tensor vectors = Pooling.Pool(
            _sentences?.PoolingModes ?? [PoolingMode.Mean], _body.Forward(input).LastHiddenState, input.AttentionMask);
        foreach ((_, SentenceDense dense) in _dense)
        {
            vectors = dense.call(vectors);
        }

        return _sentences?.Normalize == true ? nn.functional.normalize(vectors, dim: 1) : vectors;
    }

    /// <summary>The body's parameters have no prefix, as in its file; those of dense layers begin with their folder.</summary>
    public override IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true) =>
        base.named_parameters(recurse).Select(pair => (Plain(pair.name), pair.parameter));

    /// <inheritdoc cref="named_parameters"/>
    public override IEnumerable<(string name, nn.Module module)> named_modules() =>
        base.named_modules().Select(pair => (Plain(pair.name), pair.module));

    private static string Plain(string name) =>
        name.StartsWith("body.", StringComparison.Ordinal) ? name["body.".Length..] : name;
}
