using LlmPlatform.Hub.Safetensors;
using LlmPlatform.Hub.Tensors;
using TorchSharp;

namespace LlmPlatform.Training.Checkpoints;

/// <summary>Tensors in safetensors, bit for bit.</summary>
internal static class TensorFiles
{
    /// <summary>Writes tensors of float32, float64 or bytes; the file is on the disk when this returns.</summary>
    public static void Write(string path, IEnumerable<(string Name, Tensor Values)> tensors)
    {
        using IDisposable noGrad = no_grad();
        using DisposeScope scope = NewDisposeScope();

        // The bytes are taken while they are written: a copy of all would double the memory.
        IEnumerable<SafetensorsSource> sources = tensors.Select(pair =>
        {
            Tensor plain = pair.Values.detach().cpu().contiguous();
            return new SafetensorsSource(pair.Name, TypeOf(plain.dtype), [.. plain.shape], (stream, _) =>
            {
                stream.Write(plain.bytes);
                return Task.CompletedTask;
            });
        });
        SafetensorsWriter.WriteAsync(path, sources.ToArray()).GetAwaiter().GetResult();
    }

    /// <summary>Fills tensors of the same shapes and types.</summary>
    /// <exception cref="Hub.InvalidModelFileException">A tensor is missing or another.</exception>
    public static void Read(string path, IEnumerable<(string Name, Tensor Values)> tensors)
    {
        using IDisposable noGrad = no_grad();
        using SafetensorsFile file = SafetensorsFile.Open(path);
        foreach ((string name, Tensor values) in tensors)
        {
            using Tensor read = Make(file, name, values.shape);
            values.copy_(read);
        }
    }

    /// <summary>Reads one tensor.</summary>
    public static Tensor ReadOne(string path, string name)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        return Make(file, name, file.Tensors.TryGetValue(name, out TensorInfo? info) ? [.. info.Shape] : []);
    }

    private static Tensor Make(SafetensorsFile file, string name, long[] shape)
    {
        TensorInfo info = file.Require(name, shape);
        Tensor made = empty(shape, dtype: info.Type switch
        {
            TensorType.F32 => ScalarType.Float32,
            TensorType.F64 => ScalarType.Float64,
            TensorType.U8 => ScalarType.Byte,
            _ => throw new NotSupportedException($"tensor {name} has type {info.Type}, expected F32, F64 or U8"),
        });
        file.GetBytes(info).CopyTo(made.bytes);
        return made;
    }

    private static TensorType TypeOf(ScalarType dtype) => dtype switch
    {
        ScalarType.Float32 => TensorType.F32,
        ScalarType.Float64 => TensorType.F64,
        ScalarType.Byte => TensorType.U8,
        _ => throw new NotSupportedException($"a checkpoint holds no {dtype}"),
    };
}
