using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Hub.Gguf;

/// <summary>The numbers of tensor types in a GGUF file (ggml.h, <c>enum ggml_type</c>).</summary>
internal static class GgufTypes
{
    /// <summary>False for numbers that were removed (4, 5, 31 to 33, 36 to 38) or are not known.</summary>
    public static bool TryParse(uint number, out TensorType type)
    {
        TensorType? known = number switch
        {
            0 => TensorType.F32,
            1 => TensorType.F16,
            2 => TensorType.Q4_0,
            3 => TensorType.Q4_1,
            6 => TensorType.Q5_0,
            7 => TensorType.Q5_1,
            8 => TensorType.Q8_0,
            9 => TensorType.Q8_1,
            10 => TensorType.Q2_K,
            11 => TensorType.Q3_K,
            12 => TensorType.Q4_K,
            13 => TensorType.Q5_K,
            14 => TensorType.Q6_K,
            15 => TensorType.Q8_K,
            16 => TensorType.IQ2_XXS,
            17 => TensorType.IQ2_XS,
            18 => TensorType.IQ3_XXS,
            19 => TensorType.IQ1_S,
            20 => TensorType.IQ4_NL,
            21 => TensorType.IQ3_S,
            22 => TensorType.IQ2_S,
            23 => TensorType.IQ4_XS,
            24 => TensorType.I8,
            25 => TensorType.I16,
            26 => TensorType.I32,
            27 => TensorType.I64,
            28 => TensorType.F64,
            29 => TensorType.IQ1_M,
            30 => TensorType.BF16,
            34 => TensorType.TQ1_0,
            35 => TensorType.TQ2_0,
            39 => TensorType.MXFP4,
            40 => TensorType.NVFP4,
            _ => null,
        };
        type = known.GetValueOrDefault();
        return known is not null;
    }
}
