using LlmPlatform.Hub.Tensors;
using LlmPlatform.Inference.Kernels;

namespace LlmPlatform.Inference.Tests.Kernels;

public sealed unsafe class MultiplyTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_width_of_this_processor_is_tested()
    {
        output.WriteLine($"tested: {string.Join(", ", KernelSet.Supported.Select(kernels => kernels.Name))}");
        output.WriteLine($"lacking: {string.Join(", ", KernelSet.Lacking.DefaultIfEmpty("none"))}");
        Assert.Equal(4, KernelSet.Supported.Count + KernelSet.Lacking.Count);
        Assert.Contains(KernelSet.Supported, kernels => kernels.Name == "portable");
    }

    [Theory]
    [MemberData(nameof(KernelPaths.Supported), MemberType = typeof(KernelPaths))]
    public void Product_is_that_of_the_dequantized_weights_in_double(int path, string name)
    {
        Random random = new(1);
        foreach (TensorType type in KernelPaths.WeightTypes)
        {
            foreach ((int rows, int columns, int tokens) in ((int, int, int)[])[(4, 32, 1), (7, 64, 1), (37, 96, 2), (9, 160, 3), (70, 64, 9)])
            {
                Check(KernelSet.Supported[path], random, type, rows, columns, tokens, name);
            }
        }

        foreach (TensorType type in (TensorType[])[TensorType.F32, TensorType.F16, TensorType.BF16])
        {
            Check(KernelSet.Supported[path], random, type, 11, 45, 5, name);
            Check(KernelSet.Supported[path], random, type, 5, 7, 1, name);
        }
    }

    [Theory]
    [MemberData(nameof(KernelPaths.Supported), MemberType = typeof(KernelPaths))]
    public void Bits_depend_neither_on_company_nor_on_the_cut_of_the_rows(int path, string name)
    {
        KernelSet kernels = KernelSet.Supported[path];
        Random random = new(2);
        const int Rows = 53, Columns = 96, Tokens = 11;
        foreach (TensorType type in KernelPaths.WeightTypes)
        {
            (WeightMatrix weights, _) = KernelPaths.Weights(random, type, Rows, Columns);
            using NativeMatrix x = KernelPaths.Matrix(random, Tokens, Columns);
            using NativeMatrix bias = KernelPaths.Matrix(random, 1, Rows);
            using NativeMatrix together = new(Tokens, Rows);
            using NativeMatrix scratch = new(1, KernelSet.ScratchFloats(Columns));
            kernels.Multiply(weights, bias.Data, x, 0, Tokens, together, 0, Rows, scratch.Data);

            foreach (int tokens in (int[])[1, 2, 3, 4, 7])
            {
                for (int first = 0; first + tokens <= Tokens; first += tokens)
                {
                    using NativeMatrix part = new(tokens, Columns);
                    using NativeMatrix result = new(tokens, Rows);
                    for (int i = 0; i < tokens; i++)
                    {
                        x.RowSpan(first + i).CopyTo(part.RowSpan(i));
                    }

                    for (int row = 0; row < Rows;)
                    {
                        int end = Math.Min(Rows, row + random.Next(1, 14));
                        kernels.Multiply(weights, bias.Data, part, 0, tokens, result, row, end, scratch.Data);
                        row = end;
                    }

                    for (int i = 0; i < tokens; i++)
                    {
                        Assert.True(together.RowSpan(first + i).SequenceEqual(result.RowSpan(i)), $"{name} {type} {tokens} tokens from {first}");
                    }
                }
            }

            weights.Dispose();
        }
    }

    [Theory]
    [MemberData(nameof(KernelPaths.Supported), MemberType = typeof(KernelPaths))]
    public void Bits_depend_neither_on_the_number_of_threads_nor_on_the_blocks_of_tokens(int path, string name)
    {
        const int Columns = 64;
        Random random = new(3);
        (WeightMatrix first, _) = KernelPaths.Weights(random, TensorType.Q4_1, 101, Columns);
        (WeightMatrix second, _) = KernelPaths.Weights(random, TensorType.F16, 33, Columns);
        foreach (int tokens in (int[])[6, (2 * KernelSet.TokensInCache(Columns)) + 5])
        {
            using NativeMatrix x = KernelPaths.Matrix(random, tokens, Columns);
            List<float[]> results = [Alone(KernelSet.Supported[path], x, first, second)];
            foreach (int threads in (int[])[1, 2, 3, 5])
            {
                using CpuCompute compute = new(KernelSet.Supported[path], threads, KernelSet.ScratchFloats(Columns), "test");
                using NativeMatrix a = new(tokens, first.Rows);
                using NativeMatrix b = new(tokens, second.Rows);
                compute.Linear(x, tokens, new LinearOutput(first, null, a), new LinearOutput(second, null, b));
                results.Add([.. Enumerable.Range(0, tokens).SelectMany(i => a.RowSpan(i).ToArray().Concat(b.RowSpan(i).ToArray()))]);
            }

            Assert.All(results, result => Assert.True(result.AsSpan().SequenceEqual(results[0]), $"{name}, {tokens} tokens"));
        }

        first.Dispose();
        second.Dispose();
    }

    [Theory]
    [MemberData(nameof(KernelPaths.Supported), MemberType = typeof(KernelPaths))]
    public void Halves_are_exact_also_subnormal_infinite_and_not_a_number(int path, string name)
    {
        Half[] halves = [.. Enumerable.Range(0, 65536).Select(bits => BitConverter.UInt16BitsToHalf((ushort)bits))];
        using WeightMatrix weights = WeightMatrix.FromBytes(
            TensorType.F16, 2048, 32, System.Runtime.InteropServices.MemoryMarshal.AsBytes<Half>(halves));
        using NativeMatrix row = new(1, 32);
        for (int i = 0; i < 2048; i++)
        {
            KernelSet.Supported[path].DecodeRow(weights, i, row.Data);
            for (int j = 0; j < 32; j++)
            {
                float expected = (float)halves[(i * 32) + j];
                bool equal = float.IsNaN(expected) ? float.IsNaN(row.Data[j]) : BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(row.Data[j]);
                Assert.True(equal, $"{name}: half {(i * 32) + j:x4} became {row.Data[j]}, not {expected}");
            }
        }
    }

    // Token by token.
    private static float[] Alone(KernelSet kernels, NativeMatrix x, params WeightMatrix[] layers)
    {
        List<float> results = [];
        using NativeMatrix scratch = new(1, KernelSet.ScratchFloats(x.Columns));
        for (int token = 0; token < x.Rows; token++)
        {
            foreach (WeightMatrix weights in layers)
            {
                using NativeMatrix y = new(token + 1, weights.Rows);
                kernels.Multiply(weights, null, x, token, 1, y, 0, weights.Rows, scratch.Data);
                results.AddRange(y.RowSpan(token));
            }
        }

        return [.. results];
    }

    private static void Check(KernelSet kernels, Random random, TensorType type, int rows, int columns, int tokens, string name)
    {
        (WeightMatrix weights, float[] values) = KernelPaths.Weights(random, type, rows, columns);
        using NativeMatrix x = KernelPaths.Matrix(random, tokens, columns);
        using NativeMatrix bias = KernelPaths.Matrix(random, 1, rows);
        using NativeMatrix y = new(tokens, rows);
        using NativeMatrix scratch = new(1, KernelSet.ScratchFloats(columns));
        kernels.Multiply(weights, bias.Data, x, 0, tokens, y, 0, rows, scratch.Data);
        for (int token = 0; token < tokens; token++)
        {
            for (int row = 0; row < rows; row++)
            {
                double sum = bias.Data[row], magnitude = 1;
                for (int k = 0; k < columns; k++)
                {
                    double product = (double)values[(row * columns) + k] * x.Row(token)[k];
                    sum += product;
                    magnitude += Math.Abs(product);
                }

                Assert.True(Math.Abs(sum - y.Row(token)[row]) <= 1e-6 * magnitude, $"{name} {type} [{rows}, {columns}] x {tokens}: {y.Row(token)[row]}, not {sum}");
            }
        }

        weights.Dispose();
    }
}
