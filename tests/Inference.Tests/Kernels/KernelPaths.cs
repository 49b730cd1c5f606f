using LlmPlatform.Hub.Quantization;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Inference.Kernels;

namespace LlmPlatform.Inference.Tests.Kernels;

/// <summary>The vector widths to test, and random operands.</summary>
internal static class KernelPaths
{
    public static readonly TensorType[] WeightTypes =
        [TensorType.F32, TensorType.F16, TensorType.BF16, TensorType.Q8_0, TensorType.Q4_0, TensorType.Q4_1];

    /// <summary>Index and name of each width that this processor has.</summary>
    public static TheoryData<int, string> Supported
    {
        get
        {
            TheoryData<int, string> data = [];
            for (int i = 0; i < KernelSet.Supported.Count; i++)
            {
                data.Add(i, KernelSet.Supported[i].Name);
            }

            return data;
        }
    }

    /// <summary>Numbers in [-1, 1).</summary>
    public static float[] Floats(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];

    public static NativeMatrix Matrix(Random random, int rows, int columns)
    {
        NativeMatrix matrix = new(rows, columns);
        for (int row = 0; row < rows; row++)
        {
            Floats(random, columns).CopyTo(matrix.RowSpan(row));
        }

        return matrix;
    }

    /// <summary>Random bytes of a format whose scales are sensible numbers, and the floats that Hub says they mean.</summary>
    public static (WeightMatrix Weights, float[] Values) Weights(Random random, TensorType type, int rows, int columns)
    {
        byte[] bytes = new byte[TensorTypes.ByteLength(type, (long)rows * columns)];
        random.NextBytes(bytes);
        int block = TensorTypes.BlockBytes(type);
        for (int i = 0; i < bytes.Length; i += block)
        {
            switch (type)
            {
                case TensorType.F32:
                    BitConverter.TryWriteBytes(bytes.AsSpan(i), (random.NextSingle() * 2) - 1);
                    break;
                case TensorType.BF16:
                    BitConverter.TryWriteBytes(bytes.AsSpan(i), (ushort)(BitConverter.SingleToUInt32Bits((random.NextSingle() * 2) - 1) >> 16));
                    break;
                default:
                    BitConverter.TryWriteBytes(bytes.AsSpan(i), (Half)((random.NextSingle() * 2) - 1));
                    break;
            }

            if (type == TensorType.Q4_1)
            {
                BitConverter.TryWriteBytes(bytes.AsSpan(i + 2), (Half)((random.NextSingle() * 2) - 1));
            }
        }

        float[] values = new float[rows * columns];
        Dequantizer.ToFloats(type, bytes, values);
        return (WeightMatrix.FromBytes(type, rows, columns, bytes), values);
    }
}
