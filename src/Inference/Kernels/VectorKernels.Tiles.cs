using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LlmPlatform.Inference.Kernels;

// Several tokens over weights that were widened into scratch: tiles of rows x tokens whose accumulators stay in registers.
internal sealed unsafe partial class VectorKernels<TSimd, TVector>
{
    // rows x tokens in tiles; the inputs of a tile stay in the first level cache while all rows pass by.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyScratch(float* w, int rows, float* bias, NativeMatrix x, int firstToken, int tokens, NativeMatrix y, int firstRow)
    {
        int padded = x.Stride;
        int token = firstToken;
        int end = firstToken + tokens;
        if (TSimd.HasManyRegisters)
        {
            for (; token + 4 <= end; token += 4)
            {
                int row = 0;
                for (; row + 4 <= rows; row += 4)
                {
                    Tile4x4(w + ((nint)row * padded), x.Row(token), padded, bias == null ? null : bias + row, y.Row(token) + firstRow + row, y.Stride);
                }

                Rest(w, row, rows, bias, x, token, 4, y, firstRow);
            }
        }

        for (; token + 2 <= end; token += 2)
        {
            int row = 0;
            for (; row + 4 <= rows; row += 4)
            {
                Tile4x2(w + ((nint)row * padded), x.Row(token), padded, bias == null ? null : bias + row, y.Row(token) + firstRow + row, y.Stride);
            }

            Rest(w, row, rows, bias, x, token, 2, y, firstRow);
        }

        if (token < end)
        {
            int row = 0;
            for (; row + 4 <= rows; row += 4)
            {
                Tile4x1(w + ((nint)row * padded), x.Row(token), padded, bias == null ? null : bias + row, y.Row(token) + firstRow + row);
            }

            Rest(w, row, rows, bias, x, token, 1, y, firstRow);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
        Vector128<float> sums = TSimd.SumFour(a, b, c, d);
        (bias == null ? sums : sums + Vector128.Load(bias)).Store(y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float WithBias(float sum, float* bias, int row) => bias == null ? sum : sum + bias[row];
}
