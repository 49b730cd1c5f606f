using System.Text.Json;
using System.Text.Json.Nodes;
using LlmPlatform.Hub.Architectures;
using LlmPlatform.Hub.Configuration;
using LlmPlatform.Inference.Kernels;
using LlmPlatform.Inference.KvCache;
using LlmPlatform.Inference.Positions;
using LlmPlatform.Inference.Tests.Golden;
using LlmPlatform.Testing;

namespace LlmPlatform.Inference.Tests.Kernels;

/// <summary>The operations of golden/models/ops that decoders and encoders here are made of, on every vector width.</summary>
[Trait("Category", "Golden")]
public sealed unsafe class OperationGoldenTests
{
    /// <summary>Group and result: the tensors that are the outcome of an operation on the group's inputs.</summary>
    public static TheoryData<string, string> Operations
    {
        get
        {
            TheoryData<string, string> data = [];
            if (SharedData.TryFind("golden", "models", "ops", "ops.json") is not { } file)
            {
                data.Add("", "");
                return data;
            }

            JsonElement files = JsonDocument.Parse(File.ReadAllBytes(file)).RootElement.GetProperty("files");
            foreach (string name in Names(files, "activations").Where(name => !name.Contains('.') && !name.StartsWith("glu", StringComparison.Ordinal) && name != "x"))
            {
                data.Add("activations", name);
            }

            foreach (string name in ((string[])["layer_norm", "rms_norm", "gemma_rms_norm"]).Intersect(Names(files, "norms")))
            {
                data.Add("norms", name);
            }

            foreach (JsonProperty item in files.GetProperty("rotary").GetProperty("cases").EnumerateObject())
            {
                data.Add("rotary", item.Name);
            }

            foreach (JsonProperty item in files.GetProperty("attention").GetProperty("cases").EnumerateObject())
            {
                data.Add("attention", item.Name);
            }

            foreach (string name in Names(files, "rotate").Where(name => name.Length > 1))
            {
                data.Add("rotate", name);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Operation_gives_the_reference_result(string group, string name)
    {
        SharedData.Require("golden", "models", "ops", "ops.json");
        string? missing = GoldenCoverage.MissingFeature($"models/ops/{group}.{name}");
        GoldenCoverage.Count("models/ops", missing is not null);
        if (missing is not null)
        {
            Assert.Skip(missing);
        }

        using GoldenTensors tensors = new(SharedData.Require("golden", "models", "ops", $"{group}.safetensors"));
        foreach (KernelSet kernels in KernelSet.Supported)
        {
            switch (group)
            {
                case "activations": CheckActivation(kernels, tensors, name); break;
                case "norms": CheckNorm(kernels, tensors, name); break;
                case "rotary": CheckRotary(tensors, name); break;
                case "rotate": CheckRotate(kernels, tensors, name); break;
                case "attention": CheckAttention(kernels, tensors, name); break;
                default: Assert.Fail($"no such operation: {group}.{name}"); break;
            }
        }
    }

    private static IEnumerable<string> Names(JsonElement files, string group) =>
        files.GetProperty(group).GetProperty("tensors").EnumerateObject().Select(property => property.Name);

    private static void CheckActivation(KernelSet kernels, GoldenTensors tensors, string name)
    {
        if (name is "geglu" or "geglu_tanh" or "swiglu" or "reglu")
        {
            CheckGated(kernels, tensors, name);
            return;
        }

        float[] x = tensors.Floats("x");
        using NativeMatrix values = Row(x);
        kernels.Activate(Activations.Parse(name, "ops"), values.Data, x.Length);
        Close.AssertAll(tensors.Floats(name), values.RowSpan(0), 1e-6, 1e-6, $"{kernels.Name} {name}");
    }

    // activation(x gate^T) * (x up^T): x [3, 8], gate and up [6, 8].
    private static void CheckGated(KernelSet kernels, GoldenTensors tensors, string name)
    {
        Activation activation = name switch
        {
            "geglu" => Activation.Gelu,
            "geglu_tanh" => Activation.GeluTanh,
            "swiglu" => Activation.Silu,
            _ => Activation.Relu,
        };
        int[] shape = tensors.Shape("glu_w_gate");
        float[] x = tensors.Floats("glu_x");
        float[] expected = tensors.Floats(name);
        using WeightMatrix gateWeights = WeightMatrix.FromFloats(shape[0], shape[1], tensors.Floats("glu_w_gate"));
        using WeightMatrix upWeights = WeightMatrix.FromFloats(shape[0], shape[1], tensors.Floats("glu_w_up"));
        using NativeMatrix scratch = new(1, KernelSet.ScratchFloats(shape[1]));
        for (int row = 0; row < x.Length / shape[1]; row++)
        {
            using NativeMatrix input = Row(x.AsSpan(row * shape[1], shape[1]));
            using NativeMatrix gate = new(1, shape[0]);
            using NativeMatrix up = new(1, shape[0]);
            kernels.Multiply(gateWeights, null, input, 0, 1, gate, 0, shape[0], scratch.Data);
            kernels.Multiply(upWeights, null, input, 0, 1, up, 0, shape[0], scratch.Data);
            kernels.ActivateGated(activation, gate.Data, up.Data, shape[0]);
            Close.AssertAll(expected.AsSpan(row * shape[0], shape[0]), gate.RowSpan(0), 2e-6, 1e-5, $"{kernels.Name} {name}");
        }
    }

    private static void CheckNorm(KernelSet kernels, GoldenTensors tensors, string name)
    {
        float[] x = tensors.Floats("x");
        float[] expected = tensors.Floats(name);
        using NativeMatrix weight = Row(tensors.Floats("weight"));
        using NativeMatrix bias = Row(tensors.Floats("bias"));
        int width = weight.Columns;
        using NativeMatrix output = new(1, width);
        for (int row = 0; row < x.Length / width; row++)
        {
            using NativeMatrix input = Row(x.AsSpan(row * width, width));
            if (name == "layer_norm")
            {
                kernels.LayerNorm(input.Data, weight.Data, bias.Data, output.Data, width, 1e-5f);
            }
            else
            {
                kernels.RmsNorm(input.Data, weight.Data, output.Data, width, 1e-6f);
            }

            Close.AssertAll(expected.AsSpan(row * width, width), output.RowSpan(0), 2e-6, 2e-6, $"{kernels.Name} {name} row {row}");
        }
    }

    private static void CheckRotary(GoldenTensors tensors, string name)
    {
        string file = SharedData.Require("golden", "models", "ops", "ops.json");
        JsonNode item = JsonNode.Parse(File.ReadAllBytes(file))!["files"]!["rotary"]!["cases"]![name]!;
        ModelConfig config = ModelConfig.From(file, item.DeepClone().AsObject());
        RotaryEmbedding rotary = new(RopeParameters.From(config), config.GetInt32("head_dim"), config.GetInt32("max_position_embeddings"));
        int positions = config.GetInt32("positions");
        ReadOnlySpan<float> frequencies = rotary.FrequenciesFor(positions);
        Close.AssertAll(tensors.Floats($"{name}.inv_freq"), frequencies, 1e-9, 2e-6, $"{name}.inv_freq");
        float[] cos = new float[positions * rotary.Pairs];
        float[] sin = new float[positions * rotary.Pairs];
        for (int position = 0; position < positions; position++)
        {
            rotary.Fill(frequencies, position, cos.AsSpan(position * rotary.Pairs, rotary.Pairs), sin.AsSpan(position * rotary.Pairs, rotary.Pairs));
        }

        Close.AssertAll(tensors.Floats($"{name}.cos"), cos, 2e-5, 0, $"{name}.cos");
        Close.AssertAll(tensors.Floats($"{name}.sin"), sin, 2e-5, 0, $"{name}.sin");
    }

    private static void CheckRotate(KernelSet kernels, GoldenTensors tensors, string name)
    {
        // [batch, heads, time, dim]
        string source = name[..1];
        int[] shape = tensors.Shape(source);
        int width = shape[^1];
        RopeParameters rope = new() { RopeType = RopeType.Default, RopeTheta = 10000 };
        RotaryEmbedding rotary = new(rope, width, 64);
        float[] values = tensors.Floats(source);
        float[] expected = tensors.Floats(name);
        using NativeMatrix cos = new(1, rotary.Pairs);
        using NativeMatrix sin = new(1, rotary.Pairs);
        for (int row = 0; row < values.Length / width; row++)
        {
            rotary.Fill(rotary.FrequenciesFor(shape[^2]), row % shape[^2], cos.RowSpan(0), sin.RowSpan(0));
            using NativeMatrix head = Row(values.AsSpan(row * width, width));
            kernels.Rotate(head.Data, cos.Data, sin.Data, rotary.Pairs);
            Close.AssertAll(expected.AsSpan(row * width, width), head.RowSpan(0), 2e-6, 1e-6, $"{kernels.Name} {name} row {row}");
        }
    }

    // q [batch, heads, queries, dim]; k and v [batch, kv heads, keys, dim]; query r is at position r + keys - queries.
    private static void CheckAttention(KernelSet kernels, GoldenTensors tensors, string name)
    {
        int[] q = tensors.Shape("q");
        int[] k = tensors.Shape("k");
        int width = q[3];
        float[] queries = tensors.Floats("q"), keys = tensors.Floats("k"), values = tensors.Floats("v"), expected = tensors.Floats($"{name}.out");
        using NativeMatrix scores = new(1, 64);
        using KvBlockPool pool = new(1, k[1], width, 64);
        for (int batch = 0; batch < q[0]; batch++)
        {
            using KvSequence sequence = pool.TryReserve(k[2])!;
            sequence.Extend(k[2]);
            for (int head = 0; head < k[1]; head++)
            {
                for (int position = 0; position < k[2]; position++)
                {
                    int start = ((((batch * k[1]) + head) * k[2]) + position) * width;
                    using NativeMatrix key = Row(keys.AsSpan(start, width));
                    using NativeMatrix value = Row(values.AsSpan(start, width));
                    sequence.Write(0, head, position, key.Data, value.Data);
                }
            }

            for (int row = 0; row < q[1] * q[2]; row++)
            {
                (int head, int query) = Math.DivRem(row, q[2]);
                int shared = head / (q[1] / k[1]);
                int start = ((((batch * q[1]) + head) * q[2]) + query) * width;
                int visible = name == "causal" ? query + k[2] - q[2] + 1 : k[2];
                using NativeMatrix input = Row(queries.AsSpan(start, width));
                using NativeMatrix output = new(1, width);
                kernels.Attend(
                    input.Data, sequence.Blocks, sequence.KeyOffset(0, shared), sequence.ValueOffset(0, shared), visible, width, 1 / MathF.Sqrt(width), scores.Data, output.Data);
                Close.AssertAll(expected.AsSpan(start, width), output.RowSpan(0), 2e-6, 1e-5, $"{kernels.Name} {name} batch {batch} head {head} query {query}");
            }
        }
    }

    private static NativeMatrix Row(ReadOnlySpan<float> values)
    {
        NativeMatrix row = new(1, values.Length);
        values.CopyTo(row.RowSpan(0));
        return row;
    }
}
