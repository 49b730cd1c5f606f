using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Inference.Kernels.Formats;

namespace LlmPlatform.Inference.Kernels;

// Every output is one accumulator vector, filled along the columns in ascending order, then summed across its lanes.
// A single token widens weights in registers; several tokens share weights that were widened into scratch first. Both
// see the same floats in the same order.
internal sealed unsafe partial class VectorKernels<TSimd, TVector>
{
    private const int BlockLength = 32;
    private const int PrefetchRows = 8;

    public override void Multiply(
        WeightMatrix w, float* bias, NativeMatrix x, int firstToken, int tokens, NativeMatrix y, int firstRow, int endRow, float* scratch)
    {
        switch (w.Type)
        {
            case TensorType.F32: Multiply<F32Format>(w, bias, x, firstToken, tokens, y, firstRow, endRow, scratch); break;
            case TensorType.F16: Multiply<F16Format>(w, bias, x, firstToken, tokens, y, firstRow, endRow, scratch); break;
            case TensorType.BF16: Multiply<BF16Format>(w, bias, x, firstToken, tokens, y, firstRow, endRow, scratch); break;
            case TensorType.Q8_0: Multiply<Q8_0Format>(w, bias, x, firstToken, tokens, y, firstRow, endRow, scratch); break;
            case TensorType.Q4_0: Multiply<Q4_0Format>(w, bias, x, firstToken, tokens, y, firstRow, endRow, scratch); break;
            case TensorType.Q4_1: Multiply<Q4_1Format>(w, bias, x, firstToken, tokens, y, firstRow, endRow, scratch); break;
            default: throw new NotSupportedException($"no kernel for weights of type {w.Type}");
        }
    }

    public override void DecodeRow(WeightMatrix w, int row, float* destination)
    {
        byte* source = w.Data + (row * w.RowBytes);
        switch (w.Type)
        {
            case TensorType.F32: Decode<F32Format>(source, w.Columns, destination); break;
            case TensorType.F16: Decode<F16Format>(source, w.Columns, destination); break;
            case TensorType.BF16: Decode<BF16Format>(source, w.Columns, destination); break;
            case TensorType.Q8_0: Decode<Q8_0Format>(source, w.Columns, destination); break;
            case TensorType.Q4_0: Decode<Q4_0Format>(source, w.Columns, destination); break;
            case TensorType.Q4_1: Decode<Q4_1Format>(source, w.Columns, destination); break;
            default: throw new NotSupportedException($"no kernel for weights of type {w.Type}");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<TFormat>(
        WeightMatrix w, float* bias, NativeMatrix x, int firstToken, int tokens, NativeMatrix y, int firstRow, int endRow, float* scratch)
        where TFormat : struct, IWeightFormat
    {
        if (tokens == 1 && w.Columns % BlockLength == 0)
        {
            MultiplyOne<TFormat>(w, bias, x.Row(firstToken), y.Row(firstToken), firstRow, endRow);
            return;
        }

        int padded = x.Stride;
        int rowsInScratch = RowsInScratch(w.Columns);
        for (int row = firstRow; row < endRow; row += rowsInScratch)
        {
            int rows = Math.Min(rowsInScratch, endRow - row);
            for (int i = 0; i < rows; i++)
            {
                Decode<TFormat>(w.Data + ((row + i) * w.RowBytes), w.Columns, scratch + ((nint)i * padded));
            }

            MultiplyScratch(scratch, rows, bias == null ? null : bias + row, x, firstToken, tokens, y, row);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Decode<TFormat>(byte* source, int columns, float* destination)
        where TFormat : struct, IWeightFormat
    {
        int index = 0;
        byte* start = source;
        byte* ahead = source + (PrefetchRows * (nint)(columns / BlockLength * TFormat.BlockBytes));
        for (; index + BlockLength <= columns; index += BlockLength, source += TFormat.BlockBytes)
        {
            Prefetch(ahead + (source - start), TFormat.BlockBytes);
            TFormat.ReadScales<TSimd, TVector>(source, out TVector scale, out TVector minimum);
            DecodeBlock<TFormat>(source, destination + index, scale, minimum);
        }

        // Only plain numbers have rows that are no multiple of 32. They need no scale.
        int numberBytes = TFormat.BlockBytes / BlockLength;
        for (; index < columns; index++, source += numberBytes)
        {
            destination[index] = numberBytes == sizeof(float) ? Unsafe.ReadUnaligned<float>(source)
                : typeof(TFormat) == typeof(F16Format) ? (float)Unsafe.ReadUnaligned<Half>(source)
                : BitConverter.UInt32BitsToSingle((uint)Unsafe.ReadUnaligned<ushort>(source) << 16);
        }

        new Span<float>(destination + columns, NativeMatrix.PaddedLength(columns) - columns).Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void DecodeBlock<TFormat>(byte* source, float* destination, TVector scale, TVector minimum)
        where TFormat : struct, IWeightFormat
    {
        if (TSimd.Width == 16)
        {
            TSimd.Store(TFormat.Decode<TSimd, TVector>(source, 0, scale, minimum), destination);
            TSimd.Store(TFormat.Decode<TSimd, TVector>(source, 16, scale, minimum), destination + 16);
        }
        else if (TSimd.Width == 8)
        {
            TSimd.Store(TFormat.Decode<TSimd, TVector>(source, 0, scale, minimum), destination);
            TSimd.Store(TFormat.Decode<TSimd, TVector>(source, 8, scale, minimum), destination + 8);
            TSimd.Store(TFormat.Decode<TSimd, TVector>(source, 16, scale, minimum), destination + 16);
            TSimd.Store(TFormat.Decode<TSimd, TVector>(source, 24, scale, minimum), destination + 24);
        }
        else
        {
            for (int i = 0; i < BlockLength; i += TSimd.Width)
            {
                TSimd.Store(TFormat.Decode<TSimd, TVector>(source, i, scale, minimum), destination + i);
            }
        }
    }

    // One token: y[row] = x . w[row], four rows at a time to hide the latency of the additions.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyOne<TFormat>(WeightMatrix w, float* bias, float* x, float* y, int firstRow, int endRow)
        where TFormat : struct, IWeightFormat
    {
        nint rowBytes = w.RowBytes;
        int blocks = w.Columns / BlockLength;
        int row = firstRow;
        for (; row + 4 <= endRow; row += 4)
        {
            byte* w0 = w.Data + (row * rowBytes);
            byte* w1 = w0 + rowBytes;
            byte* w2 = w1 + rowBytes;
            byte* w3 = w2 + rowBytes;
            float* inputs = x;
            byte* ahead = w0 + (PrefetchRows * rowBytes);
            TVector a0 = TSimd.Zero, a1 = TSimd.Zero, a2 = TSimd.Zero, a3 = TSimd.Zero;
            for (int block = 0; block < blocks; block++)
            {
                Prefetch(ahead, 4 * TFormat.BlockBytes);
                ahead += 4 * TFormat.BlockBytes;
                TFormat.ReadScales<TSimd, TVector>(w0, out TVector s0, out TVector m0);
                TFormat.ReadScales<TSimd, TVector>(w1, out TVector s1, out TVector m1);
                TFormat.ReadScales<TSimd, TVector>(w2, out TVector s2, out TVector m2);
                TFormat.ReadScales<TSimd, TVector>(w3, out TVector s3, out TVector m3);
                // Places are constants, so that the choice between low and high nibbles is made when this is compiled.
                if (TSimd.Width == 16)
                {
                    TVector input = TSimd.Load(inputs);
                    a0 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w0, 0, s0, m0), input, a0);
                    a1 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w1, 0, s1, m1), input, a1);
                    a2 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w2, 0, s2, m2), input, a2);
                    a3 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w3, 0, s3, m3), input, a3);
                    input = TSimd.Load(inputs + 16);
                    a0 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w0, 16, s0, m0), input, a0);
                    a1 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w1, 16, s1, m1), input, a1);
                    a2 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w2, 16, s2, m2), input, a2);
                    a3 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w3, 16, s3, m3), input, a3);
                }
                else if (TSimd.Width == 8)
                {
                    TVector input = TSimd.Load(inputs);
                    a0 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w0, 0, s0, m0), input, a0);
                    a1 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w1, 0, s1, m1), input, a1);
                    a2 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w2, 0, s2, m2), input, a2);
                    a3 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w3, 0, s3, m3), input, a3);
                    input = TSimd.Load(inputs + 8);
                    a0 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w0, 8, s0, m0), input, a0);
                    a1 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w1, 8, s1, m1), input, a1);
                    a2 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w2, 8, s2, m2), input, a2);
                    a3 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w3, 8, s3, m3), input, a3);
                    input = TSimd.Load(inputs + 16);
                    a0 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w0, 16, s0, m0), input, a0);
                    a1 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w1, 16, s1, m1), input, a1);
                    a2 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w2, 16, s2, m2), input, a2);
                    a3 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w3, 16, s3, m3), input, a3);
                    input = TSimd.Load(inputs + 24);
                    a0 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w0, 24, s0, m0), input, a0);
                    a1 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w1, 24, s1, m1), input, a1);
                    a2 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w2, 24, s2, m2), input, a2);
                    a3 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w3, 24, s3, m3), input, a3);
                }
                else
                {
                    for (int i = 0; i < BlockLength; i += TSimd.Width)
                    {
                        TVector input = TSimd.Load(inputs + i);
                        a0 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w0, i, s0, m0), input, a0);
                        a1 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w1, i, s1, m1), input, a1);
                        a2 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w2, i, s2, m2), input, a2);
                        a3 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w3, i, s3, m3), input, a3);
                    }
                }

                w0 += TFormat.BlockBytes;
                w1 += TFormat.BlockBytes;
                w2 += TFormat.BlockBytes;
                w3 += TFormat.BlockBytes;
                inputs += BlockLength;
            }

            y[row] = WithBias(TSimd.Sum(a0), bias, row);
            y[row + 1] = WithBias(TSimd.Sum(a1), bias, row + 1);
            y[row + 2] = WithBias(TSimd.Sum(a2), bias, row + 2);
            y[row + 3] = WithBias(TSimd.Sum(a3), bias, row + 3);
        }

        for (; row < endRow; row++)
        {
            byte* w0 = w.Data + (row * rowBytes);
            TVector sum = TSimd.Zero;
            for (int block = 0; block < blocks; block++, w0 += TFormat.BlockBytes)
            {
                TFormat.ReadScales<TSimd, TVector>(w0, out TVector scale, out TVector minimum);
                for (int i = 0; i < BlockLength; i += TSimd.Width)
                {
                    TVector input = TSimd.Load(x + (block * BlockLength) + i);
                    sum = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w0, i, scale, minimum), input, sum);
                }
            }

            y[row] = WithBias(TSimd.Sum(sum), bias, row);
        }
    }

    // With one token every weight comes from memory for a single use, and the hardware does not follow four short rows at
    // once. Behind the last row it does nothing.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte* source, int bytes)
    {
        if (Sse.IsSupported)
        {
            for (int i = 0; i < bytes; i += 64)
            {
                Sse.Prefetch0(source + i);
            }
        }
    }
}
