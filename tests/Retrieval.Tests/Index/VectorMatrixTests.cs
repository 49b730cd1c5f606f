using System.Runtime.Intrinsics.X86;
using LlmPlatform.Retrieval.Index.Embedded;
using LlmPlatform.Retrieval.Index.Embedded.Vectors;
using LlmPlatform.Retrieval.Keywords.Postings;

namespace LlmPlatform.Retrieval.Tests.Index;

/// <summary>The scan by 8-bit numbers finds what float32 finds.</summary>
public sealed class VectorMatrixTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("llmplatform-vectors-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(32)]
    [InlineData(384)]
    [InlineData(4096)]
    public unsafe void All_ways_of_multiplying_give_the_same(int length)
    {
        Random random = new(length);
        float[] vector = Points.UnitVector(random, length), other = Points.UnitVector(random, length);
        short[] query = new short[length];
        sbyte[] row = new sbyte[length];
        Quantizer.Query(vector, query);
        Quantizer.Row(other, row);
        fixed (short* queryStart = query)
        fixed (sbyte* rowStart = row)
        {
            int expected = QuantizedDot.Portable(queryStart, rowStart, length);
            Assert.Equal(expected, QuantizedDot.Wide128(queryStart, rowStart, length));
            Assert.Equal(expected, QuantizedDot.Best(queryStart, rowStart, length));
            if (Avx2.IsSupported)
            {
                Assert.Equal(expected, QuantizedDot.Wide256(queryStart, rowStart, length));
            }

            if (Avx512BW.IsSupported)
            {
                Assert.Equal(expected, QuantizedDot.Wide512(queryStart, rowStart, length));
            }
        }
    }

    [Theory]
    [InlineData(16384)]
    [InlineData(31)]
    public unsafe void The_largest_numbers_do_not_overflow(int dimensions)
    {
        float[] most = Enumerable.Repeat(1f, dimensions).ToArray();
        short[] query = new short[Quantizer.Padded(dimensions)];
        sbyte[] row = new sbyte[Quantizer.Padded(dimensions)];
        float scale = Quantizer.Query(most, query) * Quantizer.Row(most, row);
        fixed (short* queryStart = query)
        fixed (sbyte* rowStart = row)
        {
            Assert.Equal(dimensions, QuantizedDot.Best(queryStart, rowStart, row.Length) * scale, 0.001 * dimensions);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 4)]
    public void Recall_against_float32_is_at_least_0_999(int threads, int segments)
    {
        const int Count = 40_000, Dimensions = 96, Limit = 100;
        Random random = new(segments);
        // Around common centres, as sentences lie: the best hundred are close to each other.
        float[][] centres = [.. Enumerable.Range(0, 50).Select(_ => Points.UnitVector(random, Dimensions))];
        float[][] vectors = [.. Enumerable.Range(0, Count).Select(_ => Near(random, centres[random.Next(centres.Length)]))];
        using VectorMatrix matrix = new(Dimensions, new EmbeddedIndexOptions { Threads = threads });
        for (int i = 0; i < Count; i++)
        {
            matrix.Add(vectors[i]);
            if ((i + 1) % (Count / segments) == 0)
            {
                string path = Path.Combine(_folder, $"{i}.vectors");
                matrix.WriteTail(path);
                matrix.ReplaceTail(VectorSegment.TryOpen(path, Dimensions)!);
            }
        }

        int found = 0, wanted = 0;
        for (int round = 0; round < 30; round++)
        {
            float[] query = Near(random, centres[random.Next(centres.Length)]);
            ulong[] allowed = new ulong[PointBits.WordsFor(Count)];
            for (int i = 0; i < Count; i++)
            {
                if (round % 2 == 0 || random.Next(3) > 0)
                {
                    PointBits.Set(allowed, i);
                }
            }

            int[] expected = [.. Enumerable.Range(0, Count).Where(i => PointBits.Has(allowed, i)).OrderByDescending(i => Quantizer.Dot(query, vectors[i])).Take(Limit)];
            (double Score, int Ordinal)[] hits = matrix.Search(query, Limit, allowed, (left, right) => left.CompareTo(right));
            Assert.Equal(Limit, hits.Length);
            Assert.All(hits, hit => Assert.Equal(Quantizer.Dot(query, vectors[hit.Ordinal]), hit.Score, 12));
            Assert.Equal(hits.OrderByDescending(hit => hit.Score).Select(hit => hit.Ordinal), hits.Select(hit => hit.Ordinal));
            found += hits.Select(hit => hit.Ordinal).Intersect(expected).Count();
            wanted += Limit;
        }

        Assert.True(found >= 0.999 * wanted, $"{found} of {wanted}");
    }

    [Fact]
    public void A_vector_of_zeros_is_like_nothing()
    {
        using VectorMatrix matrix = new(3, new EmbeddedIndexOptions());
        matrix.Add([0, 0, 0]);
        matrix.Add([0, 1, 0]);
        (double Score, int Ordinal)[] hits = matrix.Search(new float[] { 0, 1, 0 }, 2, new ulong[] { 3 }, (left, right) => left.CompareTo(right));
        Assert.Equal([(1.0, 1), (0.0, 0)], hits);
    }

    private static float[] Near(Random random, float[] centre)
    {
        float[] noise = Points.UnitVector(random, centre.Length);
        float[] mixed = [.. centre.Zip(noise, (left, right) => left + (0.5f * right))];
        float length = MathF.Sqrt(mixed.Sum(value => value * value));
        return [.. mixed.Select(value => value / length)];
    }
}
