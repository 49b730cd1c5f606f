using LlmPlatform.Hub.Configuration;
using LlmPlatform.Modeling.Bodies;
using LlmPlatform.Modeling.Layers;
using TorchSharp.Utils;

namespace LlmPlatform.Modeling.Heads;

/// <summary>A llama decoder that scores the next word.</summary>
internal sealed class LlamaForCausalLM : CausalLanguageModel
{
    [ComponentName(Name = "model")]
    private readonly LlamaBody _body;

    [ComponentName(Name = "lm_head")]
    private readonly LinearLayer _head;

    public LlamaForCausalLM(ModelConfig config, ScalarType dtype)
        : base(nameof(LlamaForCausalLM), config)
    {
        _body = new LlamaBody(config, dtype);
        _head = _body.Config.TieWordEmbeddings
            ? LinearLayer.TiedTo(_body.InputEmbedding)
            : new LinearLayer(_body.HiddenSize, _body.Config.VocabSize, bias: false, dtype);
        RegisterComponents();
    }

    public override ModelBody Body => _body;

    public override string Architecture => nameof(LlamaForCausalLM);

    internal override string BodyPrefix => "model";

    internal override LinearLayer OutputLayer => _head;

    public override Tensor Head(Tensor hidden) => _head.call(hidden);
}
