using LlmPlatform.Inference.Sampling;

namespace LlmPlatform.Inference.Tests.Sampling;

public sealed class SamplerTests
{
    [Fact]
    public void The_generator_gives_the_published_numbers()
    {
        // xoshiro256** from the state that SplitMix64 makes of seed 0.
        Xoshiro256 random = new(0);
        Assert.Equal(0x99EC5F36CB75F2B4UL, random.NextUInt64());
        Assert.Equal(0xBF6E1F784956452AUL, random.NextUInt64());
        Assert.Equal(0x1A5F849D4933E6E0UL, random.NextUInt64());
    }

    [Fact]
    public void Random_numbers_lie_in_the_unit_interval_and_spread_evenly()
    {
        Xoshiro256 random = new(5);
        int[] bins = new int[10];
        for (int i = 0; i < 100_000; i++)
        {
            double value = random.NextDouble();
            Assert.InRange(value, 0, 1 - 1e-17);
            bins[(int)(value * 10)]++;
        }

        Assert.All(bins, count => Assert.InRange(count, 9_500, 10_500));
    }

    [Fact]
    public void Greedy_takes_the_first_of_the_largest()
    {
        Sampler sampler = new(SamplingOptions.Greedy);
        Assert.Equal(1, sampler.Next([0, 5, 5, float.NegativeInfinity], new Candidates(4)));
    }

    [Fact]
    public void Logits_that_are_no_numbers_are_an_error()
    {
        foreach (SamplingOptions options in (SamplingOptions[])[SamplingOptions.Greedy, new SamplingOptions { Seed = 1 }])
        {
            Sampler sampler = new(options);
            Assert.Throws<InvalidOperationException>(() => sampler.Next([1, float.NaN, 2], new Candidates(3)));
            Assert.Throws<InvalidOperationException>(() => sampler.Next([float.NegativeInfinity, float.NegativeInfinity], new Candidates(2)));
        }
    }

    [Fact]
    public void A_large_vocabulary_gives_the_same_set_as_sorting_all_of_it()
    {
        Random random = new(3);
        const int Vocabulary = 20_000;
        Candidates candidates = new(Vocabulary);
        foreach (float topP in (float[])[0.05f, 0.3f, 0.9f, 0.999f])
        {
            float[] logits = [.. Enumerable.Range(0, Vocabulary).Select(_ => random.NextSingle() * 12)];
            candidates.Fill(logits, new SamplingOptions { TopP = topP });
            double largest = logits.Max();
            double sum = logits.Sum(logit => Math.Exp(logit - largest));
            double before = 0;
            List<int> expected = [];
            foreach (int id in Enumerable.Range(0, Vocabulary).OrderByDescending(id => logits[id]).ThenByDescending(id => id))
            {
                if (before >= topP)
                {
                    break;
                }

                expected.Add(id);
                before += Math.Exp(logits[id] - largest) / sum;
            }

            // Where the sum is reached, rounding may move the border by a token or two.
            int difference = candidates.Ids.ToArray().Except(expected).Count() + expected.Except(candidates.Ids.ToArray()).Count();
            Assert.InRange(difference, 0, 2);
        }
    }
}
