using LlmPlatform.Inference.KvCache;

namespace LlmPlatform.Inference.Tests.KvCache;

public sealed unsafe class KvBlockPoolTests
{
    [Fact]
    public void Room_is_reserved_whole_and_given_back_at_once()
    {
        using KvBlockPool pool = new(layers: 2, heads: 1, headDim: 4, blocks: 4);
        KvSequence first = pool.TryReserve(33)!;
        Assert.Equal(1, pool.FreeBlocks);
        Assert.Equal(48, first.Capacity);
        Assert.Null(pool.TryReserve(17));
        using KvSequence second = pool.TryReserve(16)!;
        Assert.Equal(0, pool.FreeBlocks);
        first.Dispose();
        first.Dispose();
        Assert.Equal(3, pool.FreeBlocks);
    }

    [Fact]
    public void A_sequence_cannot_outgrow_what_it_reserved()
    {
        using KvBlockPool pool = new(1, 1, 4, 4);
        using KvSequence sequence = pool.TryReserve(10)!;
        sequence.Extend(16);
        Assert.Throws<InvalidOperationException>(() => sequence.Extend(17));
    }

    [Fact]
    public void A_sequence_can_reserve_more_while_there_is_some()
    {
        using KvBlockPool pool = new(1, 1, 4, 4);
        KvSequence sequence = pool.TryReserve(10)!;
        sequence.Extend(16);
        nint first = (nint)sequence.Blocks[0];
        Assert.True(sequence.TryReserve(33));
        Assert.Equal(48, sequence.Capacity);
        Assert.Equal(1, pool.FreeBlocks);
        sequence.Extend(48);
        Assert.Equal(first, (nint)sequence.Blocks[0]);
        Assert.False(sequence.TryReserve(65));
        Assert.Equal(48, sequence.Capacity);
        sequence.Dispose();
        Assert.Equal(4, pool.FreeBlocks);
    }

    [Fact]
    public void Sequences_do_not_see_each_others_numbers()
    {
        using KvBlockPool pool = new(2, 2, 4, 8);
        using KvSequence a = pool.TryReserve(20)!;
        using KvSequence b = pool.TryReserve(20)!;
        a.Extend(20);
        b.Extend(20);
        float* vector = stackalloc float[4];
        for (int position = 0; position < 20; position++)
        {
            for (int layer = 0; layer < 2; layer++)
            {
                for (int head = 0; head < 2; head++)
                {
                    new Span<float>(vector, 4).Fill(Mark(1, layer, head, position));
                    a.Write(layer, head, position, vector, vector);
                    new Span<float>(vector, 4).Fill(Mark(2, layer, head, position));
                    b.Write(layer, head, position, vector, vector);
                }
            }
        }

        foreach ((KvSequence sequence, int mark) in ((KvSequence, int)[])[(a, 1), (b, 2)])
        {
            for (int position = 0; position < 20; position++)
            {
                float* block = sequence.Blocks[position / 16];
                for (int d = 0; d < 4; d++)
                {
                    Assert.Equal(Mark(mark, 1, 1, position), block[sequence.KeyOffset(1, 1) + (d * 16) + (position % 16)]);
                    Assert.Equal(Mark(mark, 0, 1, position), block[sequence.ValueOffset(0, 1) + (position % 16 * 16) + d]);
                }
            }
        }
    }

    private static float Mark(int sequence, int layer, int head, int position) => (sequence * 1000) + (layer * 100) + (head * 50) + position;
}
