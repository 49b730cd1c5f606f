using LlmPlatform.Inference.Kernels;
using LlmPlatform.Inference.KvCache;

namespace LlmPlatform.Inference.Tests.Kernels;

public sealed unsafe class AttentionTests
{
    [Theory]
    [MemberData(nameof(KernelPaths.Supported), MemberType = typeof(KernelPaths))]
    public void A_query_has_the_same_bits_in_a_group_as_alone(int path, string name)
    {
        KernelSet kernels = KernelSet.Supported[path];
        Random random = new(4);
        foreach (int headDim in (int[])[4, 7, 16, 22, 32, 64, 72])
        {
            const int Length = 75, Heads = 2;
            using KvBlockPool pool = new(1, Heads, headDim, 10);
            using KvSequence sequence = pool.TryReserve(Length)!;
            sequence.Extend(Length);
            using NativeMatrix keys = KernelPaths.Matrix(random, Length, headDim * Heads);
            using NativeMatrix queries = KernelPaths.Matrix(random, KvLayout.GroupQueries, headDim * Heads);
            for (int i = 0; i < Length * Heads; i++)
            {
                float* key = keys.Row(i / Heads) + (i % Heads * headDim);
                sequence.Write(0, i % Heads, i / Heads, key, keys.Row(Length - 1 - (i / Heads)));
            }

            using NativeMatrix scratch = new(1, KvLayout.ScoreFloats(Length));
            foreach ((int positions, int count, int step) in ((int, int, int)[])[(1, 4, 1), (13, 4, 1), (16, 4, 0), (29, 3, 1), (47, 4, 1), (72, 4, 1), (75, 4, 0), (75, 2, 0)])
            {
                using NativeMatrix together = new(KvLayout.GroupQueries, headDim * Heads);
                using NativeMatrix alone = new(KvLayout.GroupQueries, headDim * Heads);
                for (int head = 0; head < Heads; head++)
                {
                    nint keyOffset = sequence.KeyOffset(0, head), valueOffset = sequence.ValueOffset(0, head);
                    int offset = head * headDim;
                    kernels.AttendGroup(
                        queries.Data + offset, queries.Stride, count, sequence.Blocks, keyOffset, valueOffset, positions, step, headDim, 0.3f, scratch.Data, together.Data + offset, together.Stride);
                    for (int i = 0; i < count; i++)
                    {
                        kernels.Attend(
                            queries.Row(i) + offset, sequence.Blocks, keyOffset, valueOffset, positions + (i * step), headDim, 0.3f, scratch.Data, alone.Row(i) + offset);
                    }
                }

                for (int i = 0; i < KvLayout.GroupQueries; i++)
                {
                    Assert.True(alone.RowSpan(i).SequenceEqual(together.RowSpan(i)), $"{name}: head of {headDim}, {positions} positions, query {i}");
                    Assert.Equal(i < count, together.RowSpan(i).ContainsAnyExcept(0));
                }
            }
        }
    }

    [Fact]
    public void Tokens_that_follow_one_another_in_a_sequence_are_grouped()
    {
        using KvBlockPool pool = new(1, 1, 4, 10);
        using KvSequence first = pool.TryReserve(20)!;
        using KvSequence second = pool.TryReserve(20)!;
        QueryGroups groups = new();
        (KvSequence Sequence, int Position)[] tokens =
            [(first, 3), (first, 4), (first, 5), (first, 6), (first, 7), (second, 8), (second, 9), (first, 10), (first, 12)];
        for (int round = 0; round < 2; round++)
        {
            groups.Clear();
            for (int i = 0; i < tokens.Length; i++)
            {
                groups.Add(i, tokens[i].Sequence, tokens[i].Position);
            }

            Assert.Equal([(0, 4), (4, 1), (5, 2), (7, 1), (8, 1)], Enumerable.Range(0, groups.Count).Select(i => groups[i]));
        }
    }
}
