using System.Collections.Frozen;
using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Hub.Safetensors;

/// <summary>The names of types in a safetensors header.</summary>
internal static class SafetensorsTypes
{
    // In the library's order: the writer puts tensors of wide types first, so that all are aligned.
    private static readonly (string Name, TensorType Type)[] All =
    [
        ("BOOL", TensorType.Bool),
        ("F4", TensorType.F4),
        ("F6_E2M3", TensorType.F6E2M3),
        ("F6_E3M2", TensorType.F6E3M2),
        ("U8", TensorType.U8),
        ("I8", TensorType.I8),
        ("F8_E5M2", TensorType.F8E5M2),
        ("F8_E4M3", TensorType.F8E4M3),
        ("F8_E8M0", TensorType.F8E8M0),
        ("F8_E4M3FNUZ", TensorType.F8E4M3Fnuz),
        ("F8_E5M2FNUZ", TensorType.F8E5M2Fnuz),
        ("I16", TensorType.I16),
        ("U16", TensorType.U16),
        ("F16", TensorType.F16),
        ("BF16", TensorType.BF16),
        ("I32", TensorType.I32),
        ("U32", TensorType.U32),
        ("F32", TensorType.F32),
        ("C64", TensorType.C64),
        ("F64", TensorType.F64),
        ("I64", TensorType.I64),
        ("U64", TensorType.U64),
    ];

    private static readonly FrozenDictionary<string, TensorType> ByName = All.ToFrozenDictionary(pair => pair.Name, pair => pair.Type);

    private static readonly FrozenDictionary<TensorType, (string Name, int Rank)> ByType =
        All.Select((pair, rank) => (pair.Name, pair.Type, rank)).ToFrozenDictionary(entry => entry.Type, entry => (entry.Name, entry.rank));

    public static bool TryParse(string name, out TensorType type) => ByName.TryGetValue(name, out type);

    /// <summary>The name in a header; null for the types that only GGUF has.</summary>
    public static string? Name(TensorType type) => ByType.TryGetValue(type, out (string Name, int Rank) entry) ? entry.Name : null;

    /// <summary>Grows with the width; -1 for the types that only GGUF has.</summary>
    public static int Rank(TensorType type) => ByType.TryGetValue(type, out (string Name, int Rank) entry) ? entry.Rank : -1;
}
