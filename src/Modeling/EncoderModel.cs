using LlmPlatform.Hub.Configuration;
using LlmPlatform.Modeling.Bodies;
using LlmPlatform.Modeling.Layers;
using TorchSharp;
using TorchSharp.Utils;

namespace LlmPlatform.Modeling;

/// <summary>An encoder without a head (transformers: <c>BertModel</c>).</summary>
public sealed class EncoderModel : PreTrainedModel
{
    [ComponentName(Name = "body")]
    private readonly BertBody _body;

    internal EncoderModel(ModelConfig config, ScalarType dtype)
        : base(nameof(EncoderModel), config)
    {
        _body = new BertBody(config, pooler: true, dtype);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override ModelBody Body => _body;

    /// <inheritdoc/>
    public override string Architecture => "BertModel";

    internal override string BodyPrefix => "bert";

    internal override LinearLayer? OutputLayer => null;

    /// <summary>The body's parameters have no prefix, as in its file.</summary>
    public override IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true) => _body.named_parameters(recurse);

    /// <inheritdoc cref="named_parameters"/>
    public override IEnumerable<(string name, nn.Module module)> named_modules() => _body.named_modules();
}
