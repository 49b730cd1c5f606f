using System.Buffers;
using LlmPlatform.Hub.Tensors;

namespace LlmPlatform.Modeling.Weights;

/// <summary>The numbers of a tensor as memory, without a copy. The tensor is contiguous, on the processor, and outlives this.</summary>
internal sealed unsafe class TensorBytes : MemoryManager<byte>
{
    private readonly Tensor _tensor;
    private readonly int _length;

    public TensorBytes(Tensor tensor)
    {
        _tensor = tensor;
        _length = checked((int)(tensor.numel() * tensor.element_size()));
    }

    /// <summary>The type of safetensors for a dtype.</summary>
    /// <exception cref="ArgumentException">No weights are written in it.</exception>
    public static TensorType TypeOf(ScalarType dtype) => dtype switch
    {
        ScalarType.Float32 => TensorType.F32,
        ScalarType.Float64 => TensorType.F64,
        ScalarType.Float16 => TensorType.F16,
        ScalarType.BFloat16 => TensorType.BF16,
        _ => throw new ArgumentException($"weights cannot be written as {dtype}, expected float32, float64, float16 or bfloat16", nameof(dtype)),
    };

    public override Span<byte> GetSpan() => _length == 0 ? [] : _tensor.bytes;

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        fixed (byte* start = GetSpan())
        {
            // Native memory does not move.
            return new MemoryHandle(start + elementIndex);
        }
    }

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
