using System.Text.Json;
using LlmPlatform.Hub.Quantization;
using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Testing;

namespace LlmPlatform.Hub.Tests.Golden;

/// <summary>Blocks of every type with ggml's values, to be met bit for bit (golden/quantization/blocks.safetensors).</summary>
[Trait("Category", "Golden")]
public class BlocksTests
{
    public static TheoryData<string> RawTensors()
    {
        TheoryData<string> names = [];
        if (SharedData.TryFind("golden", "quantization", "blocks.safetensors") is { } path)
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            foreach (string name in file.Tensors.Keys.Where(name => name.EndsWith(".raw", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
            {
                names.Add(name);
            }
        }

        return names.Count > 0 ? names : [""];
    }

    [Theory]
    [MemberData(nameof(RawTensors))]
    public void Dequantized_values_have_the_bits_of_the_reference(string name)
    {
        string path = SharedData.Require("golden", "quantization", "blocks.safetensors");
        using SafetensorsFile file = SafetensorsFile.Open(path);
        TensorType type = TypeOf(name);
        string caseId = $"quantization/blocks/{name}";
        string? missing = GoldenCoverage.MissingFeature(caseId);
        GoldenCoverage.Count("quantization/blocks", skipped: missing is not null);
        Assert.SkipWhen(missing is not null, missing ?? "");

        ReadOnlySpan<byte> raw = file.GetBytes(file.Require(name));
        float[] expected = file.ReadFloats(name[..^".raw".Length] + ".values");
        float[] actual = new float[expected.Length];
        Dequantizer.ToFloats(type, raw, actual);

        int[] wrong = [.. Enumerable.Range(0, expected.Length).Where(i =>
            BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i])
            && !(float.IsNaN(expected[i]) && float.IsNaN(actual[i])))];
        Assert.True(wrong.Length == 0, $"{wrong.Length} of {expected.Length} differ; first at " +
            string.Join(", ", wrong.Take(10).Select(i => $"{i}: {expected[i]:R} but {actual[i]:R}")));
    }

    /// <summary>Q4_0.random.raw says its type; a row of a real file is named in blocks.json.</summary>
    private static TensorType TypeOf(string name)
    {
        string first = name.Split('.')[0];
        if (Enum.TryParse(first, out TensorType type))
        {
            return type;
        }

        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedData.Require("golden", "quantization", "blocks.json")));
        string tensor = name[(first.Length + 1)..^".raw".Length];
        return Enum.Parse<TensorType>(document.RootElement.GetProperty(first).GetProperty(tensor).GetProperty("name").GetString()!);
    }
}
