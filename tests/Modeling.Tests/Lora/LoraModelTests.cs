using LlmPlatform.Hub;
using LlmPlatform.Hub.Adapters;
using LlmPlatform.Modeling.Lora;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LlmPlatform.Modeling.Tests.Lora;

public sealed class LoraModelTests
{
    private static readonly LoraSettings Settings = new() { R = 4, LoraAlpha = 16 };

    [Fact]
    public void A_new_adapter_has_no_effect_and_alone_wants_gradients()
    {
        using DisposeScope scope = NewDisposeScope();
        using CausalLanguageModel model = TinyModels.NewLlama();
        ModelInput input = new(TinyModels.Ids(3, 8, 21));
        Tensor before = model.Forward(input);
        using LoraModel lora = LoraModel.Attach(model, Settings, 7);
        Tensor after = model.Forward(input);
        Assert.Equal(0, TinyModels.LargestDifference(before, after));
        after.square().sum().backward();
        Assert.All(model.parameters(), parameter => Assert.False(parameter.requires_grad));
        foreach ((string name, Parameter parameter) in lora.NamedParameters())
        {
            // What B is multiplied with is 0, so A waits for B's first step.
            Assert.Equal(name.Contains("lora_B", StringComparison.Ordinal), parameter.grad!.ne(0).any().item<bool>());
        }
    }

    [Fact]
    public void All_linear_layers_but_the_output_are_meant_and_written_out()
    {
        using CausalLanguageModel model = TinyModels.NewLlama(tied: false);
        using LoraModel lora = LoraModel.Attach(model, Settings, 7);
        Assert.Equal(14, lora.Settings.TargetModules.Length);
        Assert.Contains("model.layers.1.mlp.down_proj", lora.Settings.TargetModules);
        Assert.Equal(28, lora.NamedParameters().Count());
        Assert.Contains("base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight", lora.NamedParameters().Select(pair => pair.Name));
    }

    [Fact]
    public void First_numbers_are_uniform_by_the_seed_alone()
    {
        using DisposeScope scope = NewDisposeScope();
        using CausalLanguageModel model = TinyModels.NewLlama();
        byte[] before = Generator.Default.get_state().bytes.ToArray();
        float[] first = Numbers(7);
        Assert.Equal(before, Generator.Default.get_state().bytes.ToArray());
        Assert.Equal(first, Numbers(7));
        Assert.NotEqual(first, Numbers(8));
        float[] a = [.. first.Where(value => value != 0)];
        Assert.All(a, value => Assert.InRange(Math.Abs(value), 0, 0.25f));
        Assert.InRange(a.Max(), 0.2f, 0.25f);

        float[] Numbers(long seed)
        {
            using LoraModel lora = LoraModel.Attach(model, Settings with { TargetModules = ["q_proj"] }, seed);
            return [.. lora.NamedParameters().SelectMany(pair => pair.Parameter.data<float>().ToArray())];
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Merged_equals_active_and_off_equals_the_base(bool dora, bool rslora)
    {
        using DisposeScope scope = NewDisposeScope();
        using CausalLanguageModel model = TinyModels.NewLlama();
        ModelInput input = new(TinyModels.Ids(3, 8, 21, 30));
        Tensor plain = model.Forward(input);
        LoraModel lora = LoraModel.Attach(model, Settings with { UseDora = dora, UseRslora = rslora }, 7);
        Shake(lora);
        Tensor active = model.Forward(input);
        Assert.True(TinyModels.LargestDifference(plain, active) > 1e-2);
        using (lora.Disable())
        {
            using IDisposable inner = lora.Disable();
            inner.Dispose();
            Assert.Equal(0, TinyModels.LargestDifference(plain, model.Forward(input)));
        }

        Assert.Equal(0, TinyModels.LargestDifference(active, model.Forward(input)));
        lora.Merge();
        Assert.InRange(TinyModels.LargestDifference(active, model.Forward(input)), 0, 1e-4);
    }

    [Fact]
    public void The_way_back_is_that_of_differences()
    {
        using DisposeScope scope = NewDisposeScope();
        using CausalLanguageModel model = TinyModels.NewLlama(dtype: ScalarType.Float64);
        using LoraModel lora = LoraModel.Attach(model, Settings, 7);
        Shake(lora);
        ModelInput input = new(TinyModels.Ids(3, 8, 21, 30));
        Loss().backward();
        using IDisposable noGrad = no_grad();
        foreach ((string name, Parameter parameter) in lora.NamedParameters().Where((_, i) => i % 5 == 0))
        {
            Tensor direction = parameter.grad!.clone();
            double expected = direction.square().sum().item<double>();
            const double Step = 1e-6;
            parameter.add_(direction, Step);
            double above = Loss().item<double>();
            parameter.add_(direction, -2 * Step);
            double below = Loss().item<double>();
            parameter.add_(direction, Step);
            Assert.True(Math.Abs(expected - ((above - below) / (2 * Step))) <= 1e-5 * Math.Max(1, expected), name);
        }

        Tensor Loss() => model.Forward(input).square().mean();
    }

    [Theory]
    [InlineData("query", null, "target_modules")]
    [InlineData(null, ".*\\.nothing", "target_modules")]
    [InlineData("input_layernorm", null, "input_layernorm")]
    public void Targets_that_match_nothing_or_no_layer_are_told(string? name, string? pattern, string expected)
    {
        using CausalLanguageModel model = TinyModels.NewLlama();
        LoraSettings settings = Settings with { TargetModules = name is null ? [] : [name], TargetPattern = pattern };
        LoraException error = Assert.Throws<LoraException>(() => LoraModel.Attach(model, settings, 7));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(name ?? pattern!, error.Message, StringComparison.Ordinal);

        // Nothing is left on the model.
        using LoraModel lora = LoraModel.Attach(model, Settings, 7);
    }

    [Fact]
    public void A_pattern_is_matched_against_whole_names()
    {
        using CausalLanguageModel model = TinyModels.NewLlama();
        using LoraModel lora = LoraModel.Attach(model, Settings with { TargetModules = [], TargetPattern = @"model\.layers\.1\..*(q|v)_proj" }, 7);
        Assert.Equal(4, lora.NamedParameters().Count());
        Assert.All(lora.NamedParameters(), pair => Assert.Contains(".layers.1.self_attn.", pair.Name, StringComparison.Ordinal));
    }

    [Fact]
    public void A_second_adapter_on_the_same_layers_is_refused()
    {
        using CausalLanguageModel model = TinyModels.NewLlama();
        using LoraModel lora = LoraModel.Attach(model, Settings, 7);
        Assert.Contains("adapter already", Assert.Throws<LoraException>(() => LoraModel.Attach(model, Settings, 8)).Message, StringComparison.Ordinal);
        Assert.Equal(28, lora.NamedParameters().Count());
    }

    [Fact]
    public void An_adapter_of_a_tied_output_cannot_be_merged()
    {
        using CausalLanguageModel model = TinyModels.NewLlama(tied: true);
        using LoraModel lora = LoraModel.Attach(model, Settings with { TargetModules = ["lm_head"] }, 7);
        Assert.Contains("lm_head", Assert.Throws<LoraException>(lora.Merge).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dropout_is_by_the_adapters_generator_and_only_in_training()
    {
        using DisposeScope scope = NewDisposeScope();
        using CausalLanguageModel model = TinyModels.NewLlama();
        using LoraModel lora = LoraModel.Attach(model, Settings with { LoraDropout = 0.5 }, 7);
        Shake(lora);
        ModelInput input = new(TinyModels.Ids(3, 8, 21, 30));
        model.train();
        Tensor state = lora.Generator.get_state();
        Tensor first = model.Forward(input);
        Assert.True(TinyModels.LargestDifference(first, model.Forward(input)) > 1e-4);
        lora.Generator.set_state(state);
        Assert.Equal(0, TinyModels.LargestDifference(first, model.Forward(input)));
        model.eval();
        Assert.Equal(0, TinyModels.LargestDifference(model.Forward(input), model.Forward(input)));
    }

    [Fact]
    public void What_is_saved_is_read_by_the_engine_and_again_by_this()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            using DisposeScope scope = NewDisposeScope();
            using CausalLanguageModel model = TinyModels.NewLlama();
            ModelInput input = new(TinyModels.Ids(3, 8, 21, 30));
            Tensor active;
            using (LoraModel lora = LoraModel.Attach(model, Settings with { TaskType = "CAUSAL_LM", BaseModelNameOrPath = "tiny" }, 7))
            {
                Shake(lora);
                active = model.Forward(input);
                Blocking.Wait(() => lora.SaveAsync(folder, TestContext.Current.CancellationToken));
            }

            using (LoraAdapter served = LoraAdapter.Open(folder, LlmPlatform.Hub.Architectures.LlamaConfig.From(model.Config)))
            {
                Assert.Equal(14, served.Modules.Count);
                Assert.Equal(4, served.Config.ScaleOf("model.layers.0.self_attn.q_proj"));
            }

            using LoraModel again = LoraModel.Load(model, folder);
            Assert.Equal(0, TinyModels.LargestDifference(active, model.Forward(input)));
            Assert.Equal("tiny", again.Settings.BaseModelNameOrPath);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void An_adapter_of_another_model_is_told()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            using CausalLanguageModel model = TinyModels.NewLlama();
            using (LoraModel lora = LoraModel.Attach(model, Settings, 7))
            {
                Blocking.Wait(() => lora.SaveAsync(folder, TestContext.Current.CancellationToken));
            }

            using MaskedLanguageModel other = AutoModelForMaskedLM.FromConfig(TinyModels.Bert(), 1);
            Assert.Throws<LoraException>(() => LoraModel.Load(other, folder));
            string path = Path.Combine(folder, LoraConfig.FileName);
            string text = File.ReadAllText(path);
            File.WriteAllText(path, text.Replace("\"r\": 4", "\"r\": 5", StringComparison.Ordinal));
            Assert.Contains("lora_A.weight", Assert.Throws<InvalidModelFileException>(() => LoraModel.Load(model, folder)).Field, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void On_a_base_of_half_precision_the_adapter_stays_in_single(bool dora)
    {
        using DisposeScope scope = NewDisposeScope();
        using CausalLanguageModel model = TinyModels.NewLlama(dtype: ScalarType.BFloat16);
        using LoraModel lora = LoraModel.Attach(model, Settings with { UseDora = dora, TargetModules = ["q_proj", "down_proj"] }, 7);
        Shake(lora);
        Tensor scores = model.Forward(new ModelInput(TinyModels.Ids(3, 8, 21, 30)));
        Assert.Equal(ScalarType.BFloat16, scores.dtype);
        scores.to(ScalarType.Float32).square().mean().backward();
        Assert.All(lora.NamedParameters(), pair =>
        {
            Assert.Equal(ScalarType.Float32, pair.Parameter.grad!.dtype);
            Assert.True(pair.Parameter.grad.isfinite().all().item<bool>());
        });
    }

    [Fact]
    public void Steps_leave_no_tensors_behind()
    {
        using CausalLanguageModel model = TinyModels.NewLlama();
        using LoraModel lora = LoraModel.Attach(model, Settings, 7);
        Step();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int i = 0; i < 5; i++)
        {
            Step();
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        void Step()
        {
            using DisposeScope scope = NewDisposeScope();
            model.Forward(new ModelInput(TinyModels.Ids(3, 8, 21, 30, 0), TinyModels.Ids(1, 1, 1, 1, 0))).square().sum().backward();
            foreach ((_, Parameter parameter) in lora.NamedParameters())
            {
                parameter.grad!.zero_();
            }
        }
    }

    // Numbers in all matrices, as after some training.
    private static void Shake(LoraModel lora)
    {
        using IDisposable noGrad = no_grad();
        using Generator generator = new(99);
        foreach ((_, Parameter parameter) in lora.NamedParameters())
        {
            using Tensor noise = randn(parameter.shape, dtype: parameter.dtype, generator: generator);
            using Tensor small = noise * 0.1;
            parameter.add_(small);
        }
    }
}
