using LlmPlatform.Hub.Quantization;
using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Testing;

namespace LlmPlatform.Hub.Tests.Golden;

/// <summary>The value of each code of the 8-bit floats (golden/quantization/packed.safetensors, <c>table.*</c>).</summary>
[Trait("Category", "Golden")]
public class Float8Tests
{
    [Theory]
    [InlineData("table.e4m3fn", TensorType.F8E4M3)]
    [InlineData("table.e5m2", TensorType.F8E5M2)]
    [InlineData("table.e8m0fnu", TensorType.F8E8M0)]
    public void Every_code_has_the_value_of_the_reference(string table, TensorType type)
    {
        using SafetensorsFile file = SafetensorsFile.Open(SharedData.Require("golden", "quantization", "packed.safetensors"));
        GoldenCoverage.Count("quantization/packed (8-bit floats)", skipped: false);
        byte[] codes = [.. Enumerable.Range(0, 256).Select(code => (byte)code)];
        float[] values = new float[256];
        Dequantizer.ToFloats(type, codes, values);
        Assert.Equal(file.ReadFloats(table, 256), values);
    }
}
