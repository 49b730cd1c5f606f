using System.Text.Json;
using LlmPlatform.Hub;
using LlmPlatform.Modeling.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace LlmPlatform.Modeling.Tests.Golden;

/// <summary>A folder of golden/models with its network in float32.</summary>
internal sealed class ModelCase : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly GoldenTensors _inputs;
    private readonly GoldenTensors _expected;
    private readonly JsonElement _case;

    public ModelCase(string folder, ScalarType dtype = ScalarType.Float32)
    {
        _inputs = new GoldenTensors(Path.Combine(folder, "inputs.safetensors"));
        _expected = new GoldenTensors(Path.Combine(folder, "expected.safetensors"));
        _case = GoldenModels.Case(folder);
        Model = AutoModel.FromFolder(ModelFolder.Open(folder), dtype);
        Mask = _inputs.Find("attention_mask");
        Input = new ModelInput(_inputs.Get("input_ids"), Mask, TokenTypeIds: _inputs.Find("token_type_ids"));
        RowInput = Input.InputIds.dim() == 2 ? Input : new ModelInput(
            Input.InputIds.flatten(0, 1), Mask?.flatten(0, 1), TokenTypeIds: Input.TokenTypeIds?.flatten(0, 1));
    }

    public PreTrainedModel Model { get; }

    public ModelInput Input { get; }

    /// <summary>As <see cref="Input"/>, the choices of a question as rows of their own.</summary>
    public ModelInput RowInput { get; }

    public Tensor? Mask { get; }

    public void CheckHidden()
    {
        ModelOutput eager = Model.Body.Forward(RowInput, outputHiddenStates: true, outputAttentions: true);
        ModelOutput fast = Model.Body.Forward(RowInput, outputHiddenStates: true);
        foreach (string name in _expected.Names.Where(name => name.StartsWith("hidden_", StringComparison.Ordinal)))
        {
            int index = int.Parse(name["hidden_".Length..], System.Globalization.CultureInfo.InvariantCulture);
            Close.AssertAll(_expected.Get(name), eager.HiddenStates[index], $"{name} (eager)", RowInput.AttentionMask);
            Close.AssertAll(_expected.Get(name), fast.HiddenStates[index], name, RowInput.AttentionMask);
        }
    }

    public void CheckAttentions()
    {
        ModelOutput output = Model.Body.Forward(RowInput, outputAttentions: true);
        foreach (string name in _expected.Names.Where(name => name.StartsWith("attentions_", StringComparison.Ordinal)))
        {
            int index = int.Parse(name["attentions_".Length..], System.Globalization.CultureInfo.InvariantCulture);

            // [batch, heads, query, key] to [batch, query, heads, key], so that the mask falls on queries.
            Close.AssertAll(_expected.Get(name).transpose(1, 2), output.Attentions[index].transpose(1, 2), name, RowInput.AttentionMask);
        }
    }

    public void CheckOutputs()
    {
        Dictionary<string, Tensor> outputs = Run(Input);
        int compared = 0;
        foreach ((string name, Tensor actual) in outputs)
        {
            if (_expected.Has(name))
            {
                bool ofTokens = actual.dim() >= 2 && Mask is not null && actual.shape.AsSpan(0, 2).SequenceEqual(Mask.shape);
                Close.AssertAll(_expected.Get(name), actual, name, ofTokens ? Mask : null);
                compared++;
            }
        }

        Assert.True(compared > 0, "no output to compare");
    }

    public void CheckLoss() => Assert.Equal(_expected.Get("loss").item<float>(), Loss(Run(Input)).item<float>(), 1e-4);

    public void CheckGradients()
    {
        Loss(Run(Input)).backward();
        JsonElement reference = _case.GetProperty("gradients");
        double global = reference.GetProperty("global_norm").GetDouble();
        Dictionary<string, Tensor?> gradients = Model.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter.grad);
        List<string> wrong = [];
        double squares = 0;
        foreach (JsonProperty norm in reference.GetProperty("norm_of_each_parameter").EnumerateObject())
        {
            double expected = norm.Value.ValueKind == JsonValueKind.Null ? 0 : norm.Value.GetDouble();
            double actual = gradients[norm.Name]?.norm().item<float>() ?? 0;
            squares += actual * actual;
            if (!(Math.Abs(expected - actual) <= (1e-4 * expected) + (1e-6 * global)))
            {
                wrong.Add($"{norm.Name}: norm {actual}, expected {expected}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(10)));
        Assert.Equal(gradients.Count, reference.GetProperty("norm_of_each_parameter").EnumerateObject().Count());
        Assert.Equal(global, Math.Sqrt(squares), 1e-4 * global);
        foreach (string name in _expected.Names.Where(name => name.StartsWith("grad.", StringComparison.Ordinal)))
        {
            Tensor expected = _expected.Get(name);
            double largest = expected.abs().max().item<float>();
            // A key's bias has a true gradient of zero: what is there is rounding.
            Close.AssertAll(expected, gradients[name["grad.".Length..]]!, name, absolute: (1e-3 * largest) + (1e-6 * global), relative: 0);
        }
    }

    public void CheckLeft()
    {
        Tensor mask = _inputs.Get("left_attention_mask");
        Tensor? positions = _inputs.Find("left_position_ids");
        Tensor actual = Run(new ModelInput(_inputs.Get("left_input_ids"), mask, positions))["logits"];
        if (_expected.Has("left_logits"))
        {
            bool ofTokens = actual.dim() == 3;
            Close.AssertAll(_expected.Get("left_logits"), actual, "left_logits", ofTokens ? mask : null);
            return;
        }

        Tensor right = _expected.Get("logits").flatten(0, 1)[(Mask! != 0).flatten()];
        Close.AssertAll(right, actual.flatten(0, 1)[(mask != 0).flatten()], "left-padded logits");
    }

    /// <summary>Another result for other ids without a mask.</summary>
    public void CheckUnmasked(string ids, string expected) =>
        Close.AssertAll(_expected.Get(expected), Run(new ModelInput(_inputs.Get(ids)))["logits"], expected);

    /// <summary>A batch as generate() runs it, each step from the beginning: there is no cache.</summary>
    public void CheckGreedy(string run)
    {
        JsonElement options = _case.GetProperty("generation").GetProperty(run).GetProperty("options");
        JsonElement eos = options.GetProperty("eos_token_id");
        long[] ends = eos.ValueKind == JsonValueKind.Array ? [.. eos.EnumerateArray().Select(id => id.GetInt64())] : [eos.GetInt64()];
        long pad = options.GetProperty("pad_token_id").GetInt64();
        using IDisposable noGrad = no_grad();
        Tensor ids = _inputs.Get("prompt_ids");
        Tensor mask = _inputs.Get("prompt_mask");
        Tensor ended = zeros([ids.shape[0]], dtype: ScalarType.Bool);
        for (int step = 0; step < options.GetProperty("max_new_tokens").GetInt32() && !ended.all().item<bool>(); step++)
        {
            Tensor logits = ((LanguageModel)Model).Forward(new ModelInput(ids, mask, ModelInput.PositionsOf(mask)));
            Tensor next = where(ended, full_like(ended, pad, dtype: ScalarType.Int64), logits.select(1, -1).argmax(-1));
            ids = cat([ids, next.unsqueeze(1)], 1);
            mask = cat([mask, ones_like(next).unsqueeze(1)], 1);
            ended = ended | isin(next, tensor(ends));
        }

        Assert.Equal(_expected.Get($"{run}_ids").data<long>().ToArray(), ids.contiguous().data<long>().ToArray());
    }

    public void Dispose()
    {
        Model.Dispose();
        _scope.Dispose();
        _inputs.Dispose();
        _expected.Dispose();
    }

    private Dictionary<string, Tensor> Run(ModelInput input)
    {
        switch (Model)
        {
            case EncoderModel encoder:
                ModelOutput body = encoder.Body.Forward(input);
                return new() { ["last_hidden_state"] = body.LastHiddenState, ["pooler_output"] = body.PoolerOutput! };
            case BertForMaskedLM { Architecture: BertForMaskedLM.WithRelationship } both:
                ModelOutput hidden = both.Body.Forward(input);
                return new()
                {
                    ["prediction_logits"] = both.Head(hidden.LastHiddenState),
                    ["seq_relationship_logits"] = both.Relationship(hidden.PoolerOutput!)!,
                };
            case BertForQuestionAnswering questions:
                Tensor spans = questions.Forward(input);
                return new() { ["start_logits"] = spans.select(-1, 0), ["end_logits"] = spans.select(-1, 1) };
            case LanguageModel language:
                return new() { ["logits"] = language.Forward(input) };
            case ClassificationModel classes:
                return new() { ["logits"] = classes.Forward(input) };
            default:
                throw new NotSupportedException(Model.GetType().Name);
        }
    }

    private Tensor Loss(Dictionary<string, Tensor> outputs) => GoldenLoss.Of(Model, outputs, _inputs);
}
