using System.Runtime.InteropServices;

namespace LlmPlatform.Inference.Kernels;

/// <summary>One output of a linear layer: y = x weights^T + bias. The bias is [1, rows], or null.</summary>
internal readonly record struct LinearOutput(WeightMatrix Weights, NativeMatrix? Bias, NativeMatrix Output);

/// <summary>The kernels, the threads that share them, and each thread's scratch. One caller at a time.</summary>
internal sealed unsafe class CpuCompute : IDisposable
{
    private readonly float*[] _scratch;

    /// <param name="kernels">The path to run.</param>
    /// <param name="threads">Threads; null for as many as there are physical cores.</param>
    /// <param name="scratchFloats">What each thread needs at most.</param>
    /// <param name="name">Begins the threads' names.</param>
    public CpuCompute(KernelSet kernels, int? threads, int scratchFloats, string name)
    {
        Kernels = kernels;
        Pool = new WorkerPool(threads ?? ProcessorTopology.PhysicalCores, name);
        _scratch = new float*[Pool.Threads];
        for (int i = 0; i < _scratch.Length; i++)
        {
            _scratch[i] = (float*)NativeMemory.AlignedAlloc(checked((nuint)scratchFloats * sizeof(float)) + 64, 64);
        }
    }

    ~CpuCompute() => FreeScratch();

    public KernelSet Kernels { get; }

    public WorkerPool Pool { get; }

    public float* Scratch(int thread) => _scratch[thread];

    /// <summary>Several linear layers over the same input, x [tokens, columns], their rows divided among the threads.</summary>
    public void Linear(NativeMatrix x, int tokens, params ReadOnlySpan<LinearOutput> outputs)
    {
        LinearOutput[] layers = outputs.ToArray();
        int rows = 0;
        foreach (LinearOutput layer in layers)
        {
            rows += layer.Weights.Rows;
        }

        Pool.Run(rows, Grain(rows), (start, end, thread) =>
        {
            int first = 0;
            foreach (LinearOutput layer in layers)
            {
                int from = Math.Max(start - first, 0);
                int to = Math.Min(end - first, layer.Weights.Rows);
                if (from < to)
                {
                    float* bias = layer.Bias is null ? null : layer.Bias.Data;
                    Kernels.Multiply(layer.Weights, bias, x, tokens, layer.Output, from, to, _scratch[thread]);
                }

                first += layer.Weights.Rows;
            }
        });
    }

    /// <summary>Calls <paramref name="body"/>(token, thread) for each token, divided among the threads if it is worth it.</summary>
    public void ForEachToken(int tokens, Action<int, int> body)
    {
        int grain = Math.Max(4, Grain(tokens));
        Pool.Run(tokens, grain, (start, end, thread) =>
        {
            for (int token = start; token < end; token++)
            {
                body(token, thread);
            }
        });
    }

    public void Dispose()
    {
        Pool.Dispose();
        FreeScratch();
        GC.SuppressFinalize(this);
    }

    // About four pieces for each thread, so that one that is held up does not hold up all; whole tiles of four rows.
    private int Grain(int count) => Math.Max(4, (((count / (Pool.Threads * 4)) + 3) / 4) * 4);

    private void FreeScratch()
    {
        for (int i = 0; i < _scratch.Length; i++)
        {
            NativeMemory.AlignedFree(_scratch[i]);
            _scratch[i] = null;
        }
    }
}
