using System.Runtime.InteropServices;
using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Inference.Tests.Golden;

/// <summary>The tensors of a reference file.</summary>
internal sealed class GoldenTensors(string path) : IDisposable
{
    private readonly SafetensorsFile _file = SafetensorsFile.Open(path);

    public IEnumerable<string> Names => _file.Tensors.Keys;

    public bool Has(string name) => _file.Tensors.ContainsKey(name);

    public int[] Shape(string name) => [.. _file.Tensors[name].Shape.Select(dimension => (int)dimension)];

    public float[] Floats(string name) => _file.ReadFloats(name);

    public int[] Ints(string name) => [.. MemoryMarshal.Cast<byte, long>(_file.GetBytes(_file.Tensors[name])).ToArray().Select(value => (int)value)];

    /// <summary>Rows of the last dimension, without the places whose mask is 0.</summary>
    public int[][] Rows(string name, string? mask)
    {
        int width = Shape(name)[^1];
        int[] values = Ints(name);
        int[]? kept = mask is null ? null : Ints(mask);
        return [.. Enumerable.Range(0, values.Length / width).Select(row => Enumerable.Range(row * width, width)
            .Where(i => kept is null || kept[i] != 0)
            .Select(i => values[i])
            .ToArray())];
    }

    public void Dispose() => _file.Dispose();
}
