using System.Runtime.CompilerServices;

namespace LlmPlatform.Inference.Kernels;

// Lanes are neighbouring outputs, so nothing is summed across lanes: an output adds its ranks in ascending order, however
// the rows are divided. A last part of a vector goes through the same operations in a copy.
internal sealed unsafe partial class VectorKernels<TSimd, TVector>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void AddLowRank(LowRank adapter, float* reduced, float* y, int firstRow, int endRow)
    {
        float* rest = stackalloc float[16];
        nint stride = adapter.Up.Stride;
        int rank = adapter.Rank;
        TVector scale = TSimd.Broadcast(adapter.Scale);
        for (int row = firstRow; row < endRow; row += TSimd.Width)
        {
            float* up = adapter.Up.Data + row;
            TVector sum = adapter.UpBias is null ? TSimd.Zero : TSimd.Load(adapter.UpBias.Data + row);
            for (int j = 0; j < rank; j++, up += stride)
            {
                sum = TSimd.MultiplyAdd(TSimd.Broadcast(reduced[j]), TSimd.Load(up), sum);
            }

            int count = Math.Min(TSimd.Width, endRow - row);
            float* output = y + row;
            if (count < TSimd.Width)
            {
                new Span<float>(output, count).CopyTo(new Span<float>(rest, count));
                output = rest;
            }

            TVector value = TSimd.MultiplyAdd(sum, scale, TSimd.Load(output));
            if (adapter.Factor is not null)
            {
                value = TSimd.MultiplyAdd(value, TSimd.Load(adapter.Factor.Data + row), TSimd.Load(adapter.Bias!.Data + row));
            }

            TSimd.Store(value, output);
            if (count < TSimd.Width)
            {
                new Span<float>(rest, count).CopyTo(new Span<float>(y + row, count));
            }
        }
    }
}
