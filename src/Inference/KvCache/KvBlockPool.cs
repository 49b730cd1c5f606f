using System.Runtime.InteropServices;
using LlmPlatform.Inference.Kernels;

namespace LlmPlatform.Inference.KvCache;

/// <summary>
/// The memory for keys and values: blocks of <see cref="KvLayout.BlockPositions"/> positions, each with all layers and
/// heads, bounded in number. A sequence reserves blocks before a step that needs them, so no step fails for want of memory
/// on the way. A block's memory is taken from the system when it is first used, then kept for the next sequence.
/// </summary>
/// <remarks>Within a block, for each layer and head: keys transposed [headDim, 16], then values [16, headDim padded].</remarks>
internal sealed unsafe class KvBlockPool : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Stack<nint> _free = new();
    private readonly int _heads;
    private readonly int _keyFloats;
    private readonly int _headFloats;
    private readonly nuint _blockBytes;
    private int _reserved;
    private bool _disposed;

    public KvBlockPool(int layers, int heads, int headDim, int blocks)
    {
        Blocks = blocks;
        HeadDim = headDim;
        _heads = heads;
        _keyFloats = KvLayout.KeyFloats(headDim);
        _headFloats = _keyFloats + KvLayout.ValueFloats(headDim);
        _blockBytes = BlockBytes(layers, heads, headDim);
    }

    ~KvBlockPool() => Free();

    /// <summary>Blocks there can be at most.</summary>
    public int Blocks { get; }

    public int HeadDim { get; }

    /// <summary>Blocks that no sequence has reserved.</summary>
    public int FreeBlocks
    {
        get
        {
            lock (_gate)
            {
                return Blocks - _reserved;
            }
        }
    }

    /// <summary>Bytes of a block.</summary>
    public static nuint BlockBytes(int layers, int heads, int headDim) => checked(
        (nuint)layers * (nuint)heads * (nuint)(KvLayout.KeyFloats(headDim) + KvLayout.ValueFloats(headDim)) * sizeof(float));

    /// <summary>Where a head's keys begin in a block, in floats.</summary>
    public nint KeyOffset(int layer, int head) => (((nint)layer * _heads) + head) * _headFloats;

    /// <summary>Where a head's values begin in a block, in floats.</summary>
    public nint ValueOffset(int layer, int head) => KeyOffset(layer, head) + _keyFloats;

    /// <summary>Sets blocks aside for <paramref name="positions"/> positions; null when there are too few now.</summary>
    public KvSequence? TryReserve(int positions)
    {
        int blocks = KvLayout.Blocks(positions);
        return TryReserveBlocks(blocks) ? new KvSequence(this, blocks) : null;
    }

    /// <summary>Frees everything; sequences must be gone.</summary>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>Sets so many blocks aside; false when there are too few now.</summary>
    internal bool TryReserveBlocks(int blocks)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (blocks > Blocks - _reserved)
            {
                return false;
            }

            _reserved += blocks;
            return true;
        }
    }

    /// <summary>One of the blocks that the caller has reserved.</summary>
    internal nint Take()
    {
        lock (_gate)
        {
            if (_free.TryPop(out nint block))
            {
                return block;
            }
        }

        return (nint)NativeMemory.AlignedAlloc(_blockBytes, 64);
    }

    /// <summary>Gives back a sequence's blocks and the rest of its reservation.</summary>
    internal void GiveBack(ReadOnlySpan<nint> blocks, int reserved)
    {
        lock (_gate)
        {
            foreach (nint block in blocks)
            {
                if (_disposed)
                {
                    NativeMemory.AlignedFree((void*)block);
                }
                else
                {
                    _free.Push(block);
                }
            }

            _reserved -= reserved;
        }
    }

    private void Free()
    {
        lock (_gate)
        {
            _disposed = true;
            while (_free.TryPop(out nint block))
            {
                NativeMemory.AlignedFree((void*)block);
            }
        }
    }
}
