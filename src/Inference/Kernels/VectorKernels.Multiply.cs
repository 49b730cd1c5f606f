using System.Runtime.CompilerServices;
using LlmPlatform.Hub.Tensors;
using LlmPlatform.Inference.Kernels.Formats;

namespace LlmPlatform.Inference.Kernels;

// Every output is one accumulator vector, filled along the columns in ascending order, then summed across its lanes.
// A single token widens weights in registers; several tokens share weights that were widened into scratch first. Both
// see the same floats in the same order.
internal sealed unsafe partial class VectorKernels<TSimd, TVector>
{
    private const int BlockLength = 32;

    public override void Multiply(
        WeightMatrix w, float* bias, NativeMatrix x, int tokens, NativeMatrix y, int firstRow, int endRow, float* scratch)
    {
        switch (w.Type)
        {
            case TensorType.F32: Multiply<F32Format>(w, bias, x, tokens, y, firstRow, endRow, scratch); break;
            case TensorType.F16: Multiply<F16Format>(w, bias, x, tokens, y, firstRow, endRow, scratch); break;
            case TensorType.BF16: Multiply<BF16Format>(w, bias, x, tokens, y, firstRow, endRow, scratch); break;
            case TensorType.Q8_0: Multiply<Q8_0Format>(w, bias, x, tokens, y, firstRow, endRow, scratch); break;
            case TensorType.Q4_0: Multiply<Q4_0Format>(w, bias, x, tokens, y, firstRow, endRow, scratch); break;
            case TensorType.Q4_1: Multiply<Q4_1Format>(w, bias, x, tokens, y, firstRow, endRow, scratch); break;
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

    private static void Multiply<TFormat>(
        WeightMatrix w, float* bias, NativeMatrix x, int tokens, NativeMatrix y, int firstRow, int endRow, float* scratch)
        where TFormat : struct, IWeightFormat
    {
        if (tokens == 1 && w.Columns % BlockLength == 0)
        {
            MultiplyOne<TFormat>(w, bias, x.Row(0), y.Row(0), firstRow, endRow);
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

            MultiplyScratch(scratch, rows, bias == null ? null : bias + row, x, tokens, y, row);
        }
    }

    private static void Decode<TFormat>(byte* source, int columns, float* destination)
        where TFormat : struct, IWeightFormat
    {
        int index = 0;
        for (; index + BlockLength <= columns; index += BlockLength, source += TFormat.BlockBytes)
        {
            TFormat.ReadScales<TSimd, TVector>(source, out TVector scale, out TVector minimum);
            for (int i = 0; i < BlockLength; i += TSimd.Width)
            {
                TSimd.Store(TFormat.Decode<TSimd, TVector>(source, i, scale, minimum), destination + index + i);
            }
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

    // One token: y[row] = x . w[row], four rows at a time to hide the latency of the additions.
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
            TVector a0 = TSimd.Zero, a1 = TSimd.Zero, a2 = TSimd.Zero, a3 = TSimd.Zero;
            for (int block = 0; block < blocks; block++)
            {
                TFormat.ReadScales<TSimd, TVector>(w0, out TVector s0, out TVector m0);
                TFormat.ReadScales<TSimd, TVector>(w1, out TVector s1, out TVector m1);
                TFormat.ReadScales<TSimd, TVector>(w2, out TVector s2, out TVector m2);
                TFormat.ReadScales<TSimd, TVector>(w3, out TVector s3, out TVector m3);
                if (TSimd.Width == 16)
                {
                    TVector low = TSimd.Load(inputs), high = TSimd.Load(inputs + 16);
                    a0 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w0, 0, s0, m0), low, a0);
                    a1 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w1, 0, s1, m1), low, a1);
                    a2 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w2, 0, s2, m2), low, a2);
                    a3 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w3, 0, s3, m3), low, a3);
                    a0 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w0, 16, s0, m0), high, a0);
                    a1 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w1, 16, s1, m1), high, a1);
                    a2 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w2, 16, s2, m2), high, a2);
                    a3 = TSimd.MultiplyAdd(TFormat.Decode<TSimd, TVector>(w3, 16, s3, m3), high, a3);
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

    // rows x tokens in tiles; the inputs of a tile stay in the first level cache while all rows pass by.
    private static void MultiplyScratch(float* w, int rows, float* bias, NativeMatrix x, int tokens, NativeMatrix y, int firstRow)
    {
        int padded = x.Stride;
        int token = 0;
        if (TSimd.HasManyRegisters)
        {
            for (; token + 4 <= tokens; token += 4)
            {
                int row = 0;
                for (; row + 4 <= rows; row += 4)
                {
                    Tile4x4(w + ((nint)row * padded), x.Row(token), padded, bias == null ? null : bias + row, y.Row(token) + firstRow + row, y.Stride);
                }

                Rest(w, row, rows, bias, x, token, 4, y, firstRow);
            }
        }

        for (; token + 2 <= tokens; token += 2)
        {
            int row = 0;
            for (; row + 4 <= rows; row += 4)
            {
                Tile4x2(w + ((nint)row * padded), x.Row(token), padded, bias == null ? null : bias + row, y.Row(token) + firstRow + row, y.Stride);
            }

            Rest(w, row, rows, bias, x, token, 2, y, firstRow);
        }

        if (token < tokens)
        {
            int row = 0;
            for (; row + 4 <= rows; row += 4)
            {
                Tile4x1(w + ((nint)row * padded), x.Row(token), padded, bias == null ? null : bias + row, y.Row(token) + firstRow + row);
            }

            Rest(w, row, rows, bias, x, token, 1, y, firstRow);
        }
    }

    private static void Rest(float* w, int row, int rows, float* bias, NativeMatrix x, int token, int tokens, NativeMatrix y, int firstRow)
    {
        for (; row < rows; row++)
        {
            for (int i = 0; i < tokens; i++)
            {
                float* weights = w + ((nint)row * x.Stride);
                float* inputs = x.Row(token + i);
                TVector sum = TSimd.Zero;
                for (int k = 0; k < x.Stride; k += TSimd.Width)
                {
                    sum = TSimd.MultiplyAdd(TSimd.Load(weights + k), TSimd.Load(inputs + k), sum);
                }

                y.Row(token + i)[firstRow + row] = WithBias(TSimd.Sum(sum), bias, row);
            }
        }
    }

    private static void Tile4x4(float* w, float* x, int padded, float* bias, float* y, int stride)
    {
        float* w1 = w + padded;
        float* w2 = w1 + padded;
        float* w3 = w2 + padded;
        float* x1 = x + padded;
        float* x2 = x1 + padded;
        float* x3 = x2 + padded;
        TVector a00 = TSimd.Zero, a01 = TSimd.Zero, a02 = TSimd.Zero, a03 = TSimd.Zero;
        TVector a10 = TSimd.Zero, a11 = TSimd.Zero, a12 = TSimd.Zero, a13 = TSimd.Zero;
        TVector a20 = TSimd.Zero, a21 = TSimd.Zero, a22 = TSimd.Zero, a23 = TSimd.Zero;
        TVector a30 = TSimd.Zero, a31 = TSimd.Zero, a32 = TSimd.Zero, a33 = TSimd.Zero;
        for (nint k = 0; k < padded; k += TSimd.Width)
        {
            TVector r0 = TSimd.Load(w + k), r1 = TSimd.Load(w1 + k), r2 = TSimd.Load(w2 + k), r3 = TSimd.Load(w3 + k);
            TVector input = TSimd.Load(x + k);
            a00 = TSimd.MultiplyAdd(r0, input, a00);
            a01 = TSimd.MultiplyAdd(r1, input, a01);
            a02 = TSimd.MultiplyAdd(r2, input, a02);
            a03 = TSimd.MultiplyAdd(r3, input, a03);
            input = TSimd.Load(x1 + k);
            a10 = TSimd.MultiplyAdd(r0, input, a10);
            a11 = TSimd.MultiplyAdd(r1, input, a11);
            a12 = TSimd.MultiplyAdd(r2, input, a12);
            a13 = TSimd.MultiplyAdd(r3, input, a13);
            input = TSimd.Load(x2 + k);
            a20 = TSimd.MultiplyAdd(r0, input, a20);
            a21 = TSimd.MultiplyAdd(r1, input, a21);
            a22 = TSimd.MultiplyAdd(r2, input, a22);
            a23 = TSimd.MultiplyAdd(r3, input, a23);
            input = TSimd.Load(x3 + k);
            a30 = TSimd.MultiplyAdd(r0, input, a30);
            a31 = TSimd.MultiplyAdd(r1, input, a31);
            a32 = TSimd.MultiplyAdd(r2, input, a32);
            a33 = TSimd.MultiplyAdd(r3, input, a33);
        }

        Store4(a00, a01, a02, a03, bias, y);
        Store4(a10, a11, a12, a13, bias, y + stride);
        Store4(a20, a21, a22, a23, bias, y + (2 * (nint)stride));
        Store4(a30, a31, a32, a33, bias, y + (3 * (nint)stride));
    }

    private static void Tile4x2(float* w, float* x, int padded, float* bias, float* y, int stride)
    {
        float* w1 = w + padded;
        float* w2 = w1 + padded;
        float* w3 = w2 + padded;
        float* x1 = x + padded;
        TVector a00 = TSimd.Zero, a01 = TSimd.Zero, a02 = TSimd.Zero, a03 = TSimd.Zero;
        TVector a10 = TSimd.Zero, a11 = TSimd.Zero, a12 = TSimd.Zero, a13 = TSimd.Zero;
        for (nint k = 0; k < padded; k += TSimd.Width)
        {
            TVector r0 = TSimd.Load(w + k), r1 = TSimd.Load(w1 + k), r2 = TSimd.Load(w2 + k), r3 = TSimd.Load(w3 + k);
            TVector input = TSimd.Load(x + k);
            a00 = TSimd.MultiplyAdd(r0, input, a00);
            a01 = TSimd.MultiplyAdd(r1, input, a01);
            a02 = TSimd.MultiplyAdd(r2, input, a02);
            a03 = TSimd.MultiplyAdd(r3, input, a03);
            input = TSimd.Load(x1 + k);
            a10 = TSimd.MultiplyAdd(r0, input, a10);
            a11 = TSimd.MultiplyAdd(r1, input, a11);
            a12 = TSimd.MultiplyAdd(r2, input, a12);
            a13 = TSimd.MultiplyAdd(r3, input, a13);
        }

        Store4(a00, a01, a02, a03, bias, y);
        Store4(a10, a11, a12, a13, bias, y + stride);
    }

    private static void Tile4x1(float* w, float* x, int padded, float* bias, float* y)
    {
        float* w1 = w + padded;
        float* w2 = w1 + padded;
        float* w3 = w2 + padded;
        TVector a0 = TSimd.Zero, a1 = TSimd.Zero, a2 = TSimd.Zero, a3 = TSimd.Zero;
        for (nint k = 0; k < padded; k += TSimd.Width)
        {
            TVector input = TSimd.Load(x + k);
            a0 = TSimd.MultiplyAdd(TSimd.Load(w + k), input, a0);
            a1 = TSimd.MultiplyAdd(TSimd.Load(w1 + k), input, a1);
            a2 = TSimd.MultiplyAdd(TSimd.Load(w2 + k), input, a2);
            a3 = TSimd.MultiplyAdd(TSimd.Load(w3 + k), input, a3);
        }

        Store4(a0, a1, a2, a3, bias, y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store4(TVector a, TVector b, TVector c, TVector d, float* bias, float* y)
    {
        y[0] = WithBias(TSimd.Sum(a), bias, 0);
        y[1] = WithBias(TSimd.Sum(b), bias, 1);
        y[2] = WithBias(TSimd.Sum(c), bias, 2);
        y[3] = WithBias(TSimd.Sum(d), bias, 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float WithBias(float sum, float* bias, int row) => bias == null ? sum : sum + bias[row];
}
