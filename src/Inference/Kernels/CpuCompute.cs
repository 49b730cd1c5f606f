using System.Runtime.InteropServices;

namespace LlmPlatform.Inference.Kernels;

/// <summary>One output of a linear layer: y = x weights^T + bias, and what an adapter adds. The bias is [1, rows], or null.</summary>
internal readonly record struct LinearOutput(WeightMatrix Weights, NativeMatrix? Bias, NativeMatrix Output, LowRank? Adapter = null);

/// <summary>The kernels, the threads that share them, and each thread's scratch. One caller at a time.</summary>
internal sealed unsafe class CpuCompute : IDisposable
{
    // Below so many multiplications the caller reduces alone: waking the others takes longer.
    private const long AloneMultiplications = 1 << 17;

    private readonly float*[] _scratch;
    private NativeMatrix?[] _reduced = [];

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

        Reduce(x, tokens, layers);
        // Pieces are blocks of tokens x ranges of rows. Where there are blocks enough, each takes all rows.
        int blocks = Pieces(tokens, KernelSet.TokensInCache(x.Columns));
        int blockTokens = Pieces(Pieces(tokens, blocks), 4) * 4;
        int grain = Grain(rows, blocks);
        int pieces = Pieces(rows, grain);
        Pool.Run(blocks * pieces, 1, (item, _, thread) =>
        {
            (int block, int piece) = Math.DivRem(item, pieces);
            int firstToken = block * blockTokens;
            int count = Math.Min(blockTokens, tokens - firstToken);
            int start = piece * grain;
            int end = Math.Min(start + grain, rows);
            int first = 0;
            for (int i = 0; i < layers.Length; i++)
            {
                LinearOutput layer = layers[i];
                int from = Math.Max(start - first, 0);
                int to = Math.Min(end - first, layer.Weights.Rows);
                if (from < to)
                {
                    float* bias = layer.Bias is null || layer.Adapter?.Factor is not null ? null : layer.Bias.Data;
                    Kernels.Multiply(layer.Weights, bias, x, firstToken, count, layer.Output, from, to, _scratch[thread]);
                    if (layer.Adapter is { } adapter)
                    {
                        for (int token = firstToken; token < firstToken + count; token++)
                        {
                            Kernels.AddLowRank(adapter, _reduced[i]!.Row(token), layer.Output.Row(token), from, to);
                        }
                    }
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
        Array.ForEach(_reduced, static reduced => reduced?.Dispose());
        GC.SuppressFinalize(this);
    }

    // Down x for every layer that has an adapter, [tokens, rank] each. All of it must be there before any output is made.
    private void Reduce(NativeMatrix x, int tokens, LinearOutput[] layers)
    {
        for (int i = 0; i < layers.Length; i++)
        {
            if (layers[i].Adapter is not { } adapter)
            {
                continue;
            }

            NativeMatrix reduced = ReducedRoom(i, tokens, adapter.Rank);
            long multiplications = (long)tokens * adapter.Rank * adapter.Down.Columns;
            int grain = multiplications <= AloneMultiplications ? adapter.Rank : 4;
            Pool.Run(adapter.Rank, grain, (start, end, thread) =>
                Kernels.Multiply(adapter.Down, null, x, 0, tokens, reduced, start, end, _scratch[thread]));
        }
    }

    private NativeMatrix ReducedRoom(int index, int tokens, int rank)
    {
        if (index >= _reduced.Length)
        {
            Array.Resize(ref _reduced, index + 1);
        }

        if (_reduced[index] is { } room && room.Rows >= tokens && room.Columns >= rank)
        {
            return room;
        }

        NativeMatrix? old = _reduced[index];
        _reduced[index] = new NativeMatrix(Math.Max(tokens, old?.Rows ?? 0), Math.Max(rank, old?.Columns ?? 0));
        old?.Dispose();
        return _reduced[index]!;
    }

    // About four pieces for each thread, so that one that is held up does not hold up all; whole tiles of four rows. Where
    // each of several blocks is cut, twice as many: they seldom come out even.
    private int Grain(int count, int blocks = 1) =>
        Math.Max(4, Pieces(Pieces(count, Pieces(Pool.Threads * (blocks == 1 ? 4 : 8), blocks)), 4) * 4);

    private static int Pieces(int count, int size) => (count + size - 1) / size;

    private void FreeScratch()
    {
        for (int i = 0; i < _scratch.Length; i++)
        {
            NativeMemory.AlignedFree(_scratch[i]);
            _scratch[i] = null;
        }
    }
}
