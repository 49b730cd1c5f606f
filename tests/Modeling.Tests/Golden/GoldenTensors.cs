using System.Runtime.InteropServices;
using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Hub.Tensors;
using TorchSharp;

namespace LlmPlatform.Modeling.Tests.Golden;

/// <summary>The tensors of a reference file, as Torch's.</summary>
internal sealed class GoldenTensors(string path) : IDisposable
{
    private readonly SafetensorsFile _file = SafetensorsFile.Open(path);

    public IEnumerable<string> Names => _file.Tensors.Keys;

    public bool Has(string name) => _file.Tensors.ContainsKey(name);

    /// <summary>Whole numbers become int64, others float32.</summary>
    public torch.Tensor Get(string name)
    {
        TensorInfo info = _file.Require(name);
        long[] shape = [.. info.Shape];
        return info.Type switch
        {
            TensorType.I64 => torch.tensor(MemoryMarshal.Cast<byte, long>(_file.GetBytes(info)).ToArray(), shape),
            TensorType.Bool => torch.tensor(_file.GetBytes(info).ToArray().Select(value => value != 0).ToArray(), shape),
            _ => torch.tensor(_file.ReadFloats(name), shape),
        };
    }

    public torch.Tensor? Find(string name) => Has(name) ? Get(name) : null;

    public void Dispose() => _file.Dispose();
}
