using TorchSharp;
using static TorchSharp.torch;

namespace LlmPlatform.Modeling.Tests.Attention;

public sealed class MaskTests
{
    [Fact]
    public void Texts_packed_in_a_row_are_read_as_each_alone()
    {
        using DisposeScope scope = NewDisposeScope();
        using CausalLanguageModel model = TinyModels.NewLlama(dtype: ScalarType.Float64);
        Tensor first = TinyModels.Ids(3, 8, 21, 5);
        Tensor second = TinyModels.Ids(9, 2, 30);
        Tensor packed = model.Forward(new ModelInput(
            cat([first, second], 1), PositionIds: TinyModels.Ids(0, 1, 2, 3, 0, 1, 2), PackedSequences: true));
        Tensor alone = cat([model.Forward(new ModelInput(first)), model.Forward(new ModelInput(second))], 1);
        Assert.InRange(TinyModels.LargestDifference(packed, alone), 0, 1e-12);
        Tensor mixed = model.Forward(new ModelInput(cat([first, second], 1), PositionIds: TinyModels.Ids(0, 1, 2, 3, 0, 1, 2)));
        Assert.True(TinyModels.LargestDifference(mixed, alone) > 1e-3, "one text did not see the other though they were not said to be apart");
    }

    [Fact]
    public void Packed_texts_need_positions_and_a_decoder()
    {
        using DisposeScope scope = NewDisposeScope();
        using CausalLanguageModel model = TinyModels.NewLlama();
        using MaskedLanguageModel encoder = AutoModelForMaskedLM.FromConfig(TinyModels.Bert(), 1);
        ModelInput input = new(TinyModels.Ids(3, 8), PackedSequences: true);
        Assert.Contains("position_ids", Assert.Throws<ArgumentException>(() => model.Forward(input)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => encoder.Forward(input));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Padding_on_either_side_changes_nothing_and_is_no_NaN(bool left)
    {
        using DisposeScope scope = NewDisposeScope();
        using CausalLanguageModel model = TinyModels.NewLlama();
        Tensor text = TinyModels.Ids(3, 8, 21);
        Tensor padding = zeros_like(text);
        Tensor ids = left ? cat([padding, text], 1) : cat([text, padding], 1);
        Tensor mask = ids.ne(0).to(ScalarType.Int64);
        Tensor padded = model.Forward(new ModelInput(ids, mask, ModelInput.PositionsOf(mask)));
        Assert.False(padded.isnan().any().item<bool>());
        Assert.InRange(TinyModels.LargestDifference(padded.narrow(1, left ? 3 : 0, 3), model.Forward(new ModelInput(text))), 0, 1e-5);
        padded.sum().backward();
        Assert.All(model.parameters(), parameter => Assert.False(parameter.grad?.isnan().any().item<bool>() ?? false));
    }

    [Fact]
    public void The_fast_way_and_the_one_that_shows_probabilities_agree()
    {
        using DisposeScope scope = NewDisposeScope();
        using CausalLanguageModel model = TinyModels.NewLlama(dtype: ScalarType.Float64);
        ModelInput input = new(TinyModels.Ids(3, 8, 21, 0, 0), TinyModels.Ids(1, 1, 1, 0, 0));
        ModelOutput shown = model.Body.Forward(input, outputAttentions: true);
        Assert.InRange(TinyModels.LargestDifference(shown.LastHiddenState, model.HiddenStates(input)), 0, 1e-12);
        Assert.Equal(2, shown.Attentions.Count);
        Assert.InRange(TinyModels.LargestDifference(shown.Attentions[0].sum(-1), ones(1, 4, 5, dtype: ScalarType.Float64)), 0, 1e-12);
    }

    [Fact]
    public void Half_precision_stays_near()
    {
        using DisposeScope scope = NewDisposeScope();
        using CausalLanguageModel model = TinyModels.NewLlama();
        using CausalLanguageModel half = TinyModels.NewLlama(dtype: ScalarType.BFloat16);
        ModelInput input = new(TinyModels.Ids(3, 8, 21, 7));
        Tensor exact = model.Forward(input);
        Tensor rounded = half.Forward(input);
        Assert.Equal(ScalarType.BFloat16, rounded.dtype);
        Assert.InRange(TinyModels.LargestDifference(exact, rounded.to(ScalarType.Float32)), 1e-6, 0.05 * exact.abs().max().item<float>());
    }
}
