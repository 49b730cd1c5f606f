using System.Runtime.InteropServices;
using LlmPlatform.Inference.Kernels;

namespace LlmPlatform.Inference.KvCache;

/// <summary>One sequence's keys and values. Not for several threads at once, but for writing different positions.</summary>
internal sealed unsafe class KvSequence : IDisposable
{
    private readonly KvBlockPool _pool;
    private int _reserved;
    private nint* _blocks;
    private int _count;

    internal KvSequence(KvBlockPool pool, int reserved)
    {
        _pool = pool;
        _reserved = reserved;
        _blocks = (nint*)NativeMemory.Alloc((nuint)Math.Max(1, reserved), (nuint)sizeof(nint));
    }

    /// <summary>Positions whose keys and values are there.</summary>
    public int Length { get; private set; }

    /// <summary>Positions there is room for.</summary>
    public int Capacity => _reserved * KvLayout.BlockPositions;

    /// <summary>The blocks' addresses, in the order of their positions.</summary>
    public float** Blocks => (float**)_blocks;

    /// <summary>Where a head's keys begin in each block, in floats.</summary>
    public nint KeyOffset(int layer, int head) => _pool.KeyOffset(layer, head);

    /// <summary>Where a head's values begin in each block, in floats.</summary>
    public nint ValueOffset(int layer, int head) => _pool.ValueOffset(layer, head);

    /// <summary>Sees to it that blocks for so many positions in all are set aside; false, and nothing has changed, when there are too few now.</summary>
    public bool TryReserve(int positions)
    {
        ObjectDisposedException.ThrowIf(_blocks == null, this);
        int blocks = KvLayout.Blocks(positions);
        if (blocks <= _reserved)
        {
            return true;
        }

        if (!_pool.TryReserveBlocks(blocks - _reserved))
        {
            return false;
        }

        _reserved = blocks;
        _blocks = (nint*)NativeMemory.Realloc(_blocks, (nuint)blocks * (nuint)sizeof(nint));
        return true;
    }

    /// <summary>Makes room for positions up to <paramref name="length"/> and counts them as there.</summary>
    /// <exception cref="InvalidOperationException">More than was reserved.</exception>
    public void Extend(int length)
    {
        ObjectDisposedException.ThrowIf(_blocks == null, this);
        if (length > Capacity)
        {
            throw new InvalidOperationException($"a sequence with room for {Capacity} positions cannot hold {length}");
        }

        for (int needed = KvLayout.Blocks(length); _count < needed; _count++)
        {
            _blocks[_count] = _pool.Take();
        }

        Length = length;
    }

    /// <summary>Writes one head's key and value of one position, [headDim] each.</summary>
    public void Write(int layer, int head, int position, float* key, float* value)
    {
        float* block = Blocks[position / KvLayout.BlockPositions];
        int place = position % KvLayout.BlockPositions;
        float* keys = block + _pool.KeyOffset(layer, head) + place;
        for (int d = 0; d < _pool.HeadDim; d++)
        {
            keys[d * KvLayout.BlockPositions] = key[d];
        }

        int stride = NativeMatrix.PaddedLength(_pool.HeadDim);
        Span<float> row = new(block + _pool.ValueOffset(layer, head) + ((nint)place * stride), stride);
        new ReadOnlySpan<float>(value, _pool.HeadDim).CopyTo(row);
        row[_pool.HeadDim..].Clear();
    }

    /// <summary>Gives all blocks back at once.</summary>
    public void Dispose()
    {
        if (_blocks == null)
        {
            return;
        }

        _pool.GiveBack(new ReadOnlySpan<nint>(_blocks, _count), _reserved);
        NativeMemory.Free(_blocks);
        _blocks = null;
        _count = 0;
    }
}
