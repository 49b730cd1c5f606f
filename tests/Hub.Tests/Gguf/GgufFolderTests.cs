using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Hub.Tests.Gguf;

/// <summary>A bare GGUF file as a model folder: configuration from the metadata, names and rows as Hugging Face has them.</summary>
public class GgufFolderTests
{
    private static readonly float[] Q = TinyLlama.Ramp(TinyLlama.Heads * TinyLlama.HeadDim * TinyLlama.Hidden);
    private static readonly float[] K = [.. TinyLlama.Ramp(TinyLlama.KeyValueHeads * TinyLlama.HeadDim * TinyLlama.Hidden).Select(value => -value)];

    [Fact]
    public void Rows_of_queries_and_keys_are_put_back_in_order()
    {
        using TemporaryFolder folder = new();
        float[] bias = TinyLlama.Ramp(TinyLlama.Heads * TinyLlama.HeadDim);
        folder.Write("tiny.gguf", TinyLlama.Builder(Q, K, bias).Build());
        using ITensorFile weights = ModelFolder.Open(folder.Path).OpenWeights();

        Assert.Equal(Q, weights.ReadFloats("model.layers.0.self_attn.q_proj.weight"));
        Assert.Equal(K, weights.ReadFloats("model.layers.0.self_attn.k_proj.weight"));
        Assert.Equal(bias, weights.ReadFloats("model.layers.0.self_attn.q_proj.bias"));

        TensorInfo q = weights.Require("model.layers.0.self_attn.q_proj.weight");
        byte[] expected = [.. Q.SelectMany(BitConverter.GetBytes)];
        Assert.Equal(expected, weights.GetBytes(q).ToArray());
        int rowBytes = TinyLlama.Hidden * sizeof(float);
        Assert.Equal(expected[rowBytes..(4 * rowBytes)], weights.GetRowBytes(q, 1, 3).ToArray());
        Assert.Equal(expected[(6 * rowBytes)..(7 * rowBytes)], weights.GetRowBytes(q, 6, 1).ToArray());
        float[] rows = new float[2 * TinyLlama.Hidden];
        weights.ReadRows(q, 3, 2, rows);
        Assert.Equal(Q[(3 * TinyLlama.Hidden)..(5 * TinyLlama.Hidden)], rows);
        Assert.Throws<ArgumentOutOfRangeException>(() => weights.GetRowBytes(q, 7, 2).Length);
    }

    [Fact]
    public void The_configuration_comes_from_the_metadata()
    {
        using TemporaryFolder folder = new();
        folder.Write("tiny.gguf", TinyLlama.Builder(Q, K).Add("tokenizer.chat_template", "{{ x }}").Add("tokenizer.ggml.eos_token_id", 2u).Build());
        ModelFolder model = ModelFolder.Open(folder.Path);
        LlamaConfig config = LlamaConfig.From(model.Config);

        Assert.Equal(ModelTask.TextGeneration, model.Task);
        Assert.Null(model.UnsupportedReason);
        Assert.Equal("{{ x }}", model.ChatTemplate);
        Assert.Equal([2], model.EosTokenIds);
        Assert.Equal((8, 1, 2, 1, 4), (config.HiddenSize, config.NumHiddenLayers, config.NumAttentionHeads, config.NumKeyValueHeads, config.HeadDim));
        Assert.Equal((6, 5, 64), (config.IntermediateSize, config.VocabSize, config.MaxPositionEmbeddings));
        Assert.True(config.TieWordEmbeddings);
        Assert.False(config.AttentionBias);
        Assert.Equal(RopeType.Default, config.RopeParameters.RopeType);
        using ITensorFile weights = model.OpenWeights();
        LlamaArchitecture.Of(weights).Check(config, weights);
    }

    [Fact]
    public void Divisors_of_angles_become_longrope_without_an_attention_factor()
    {
        using TemporaryFolder folder = new();
        folder.Write("tiny.gguf", TinyLlama.Builder(Q, K).AddTensor("rope_freqs.weight", [2], [1f, 8f]).Build());
        ModelFolder model = ModelFolder.Open(folder.Path);
        RopeParameters rope = LlamaConfig.From(model.Config).RopeParameters;

        Assert.Equal(RopeType.LongRope, rope.RopeType);
        Assert.Equal([1.0, 8.0], rope.ShortFactor);
        Assert.Equal([1.0, 8.0], rope.LongFactor);
        Assert.Equal(1, rope.AttentionFactor);
        using ITensorFile weights = model.OpenWeights();
        Assert.DoesNotContain("rope_freqs.weight", weights.Tensors.Keys);
    }

    [Fact]
    public void A_tensor_that_a_llama_does_not_have_is_refused_by_name()
    {
        using TemporaryFolder folder = new();
        folder.Write("tiny.gguf", TinyLlama.Builder(Q, K).AddTensor("blk.0.ffn_gate_exps.weight", [2], [1f, 8f]).Build());
        InvalidModelFileException refusal = Assert.Throws<InvalidModelFileException>(() => ModelFolder.Open(folder.Path).OpenWeights());
        Assert.Contains("blk.0.ffn_gate_exps.weight", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_key_is_named()
    {
        using TemporaryFolder folder = new();
        folder.Write("tiny.gguf", new GgufBuilder().Add("general.architecture", "llama").Build());
        InvalidModelFileException refusal = Assert.Throws<InvalidModelFileException>(() => ModelFolder.Open(folder.Path));
        Assert.Contains("tiny.gguf", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("llama.", refusal.Message, StringComparison.Ordinal);
    }
}
